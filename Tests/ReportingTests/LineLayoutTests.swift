import Testing

@testable import Reporting

@Suite("A line that fits the terminal")
struct LineLayoutTests {
    private let layout = LineLayout(parts: [
        .init(text: "[>]", rank: 3, stretched: (6, { "[" + String(repeating: "=", count: $0 - 2) + "]" })),
        .init(text: "17", rank: 0),
        .init(text: "rows", rank: 4, gap: 1),
        .init(text: "2 rejected", rank: 1, tone: .bad),
        .init(text: "0.5/s", rank: 2, tone: .good),
    ])

    @Test(
        "leaves out whole parts, the least important ones first, and lets the room that is left be used",
        arguments: [
            (40, "[====]  17 rows  2 rejected  0.5/s"), (33, "[===]  17 rows  2 rejected  0.5/s"),
            (31, "[=]  17 rows  2 rejected  0.5/s"), (30, "[====]  17  2 rejected  0.5/s"),
            (26, "[=]  17  2 rejected  0.5/s"), (25, "17  2 rejected  0.5/s"), (20, "[==]  17  2 rejected"),
            (14, "17  2 rejected"), (13, "17  0.5/s"), (8, "[==]  17"), (6, "17"), (1, ""), (-1, ""),
        ]
    )
    func widths(width: Int, line: String) {
        #expect(layout.line(width: width, isColoured: false) == line)
    }

    @Test("colours take no room, and end with the part that has them")
    func colours() {
        #expect(
            layout.line(width: 26, isColoured: true)
                == "[=]  17  \u{1B}[31m2 rejected\u{1B}[0m  \u{1B}[32m0.5/s\u{1B}[0m"
        )
    }
}
