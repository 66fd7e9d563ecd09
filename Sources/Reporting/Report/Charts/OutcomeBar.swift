/// All rows in one bar, a part for each state.
struct OutcomeBar {
    /// Rows in one state, or not sent yet.
    struct Part {
        /// That of the state; its colour and its pattern have the same name.
        var name: String
        /// What people call it here.
        var word: String
        var rows: Int
        /// For people who have not read the manual.
        var meaning = ""
    }

    /// In the order of the bar.
    var parts: [Part]

    private static let height = 34.0
    /// A state that one row in a million is in can still be seen.
    private static let thinnest = 3.0

    func svg(_ size: ChartSize) -> String {
        let total = parts.reduce(0) { $0 + $1.rows }
        let present = parts.filter { $0.rows > 0 }
        // What the thin ones get more than their share, the others give.
        let shares = present.map { Double($0.rows) / Double(max(1, total)) }
        let thin = shares.filter { $0 * size.width < Self.thinnest }
        let room = size.width - Double(thin.count) * Self.thinnest
        let rest = max(1e-9, 1 - thin.reduce(0, +))
        var x = 0.0
        var content: [String] = []
        for (part, share) in zip(present, shares) {
            let width = share * size.width < Self.thinnest ? Self.thinnest : share / rest * room
            let title = "\(part.word): \(ReportText.counted(part.rows, "row"))"
            content += [
                SVG.rectangle(x: x, y: 0, width: width, height: Self.height, "class=\"fill-\(part.name)\""),
                SVG.rectangle(
                    x: x,
                    y: 0,
                    width: width,
                    height: Self.height,
                    "fill=\"url(#pattern-\(part.name))\"",
                    title: title
                ),
            ]
            if x > 0 { content.append(SVG.line(x1: x, y1: 0, x2: x, y2: Self.height, "class=\"gap\"")) }
            x += width
        }
        let description = present.map {
            "\($0.word) \(ReportText.number($0.rows)) (\(ReportText.share($0.rows, of: total)))"
        }
        return SVG.picture(
            id: "outcomes-\(size)",
            width: size.width,
            height: Self.height,
            title: "Rows by state",
            description: present.isEmpty ? "No rows." : description.joined(separator: ", ") + ".",
            content
        )
    }
}
