import Foundation
import TestKit
import Testing

@Suite("The live line on a terminal", .serialized, .patient)
struct LiveLineTests {
    /// Rows, and a rate at which they last for as long as the test needs.
    private static let slowly = ["import", "users.csv", "--rate", "20", "--concurrency", "2"]
    private static let stopped = [
        "pinglink: Stopping: waiting for the requests in flight. Once more to leave at once.",
        "pinglink: Stopped by a signal; what was in flight was waited for. Run the same command again to go on.",
    ]

    /// The frames of the live line, without colours.
    private func frames(_ text: String) -> [String] {
        text.components(separatedBy: "\u{1B}[?7l").dropFirst().compactMap { rest in
            rest.range(of: "\u{1B}[?7h").map { rest[..<$0.lowerBound].replacing(/\e\[\d+m/, with: "") }
        }.map { String($0) }
    }

    /// Returns when the program has drawn a line that this fits.
    private func hasDrawn(_ program: Program, _ isIt: (String) -> Bool) async throws {
        try await waitUntil { frames(program.errors).contains(where: isIt) }
    }

    @Test("shows how far the run is, follows the width of the window, and leaves nothing behind on Ctrl-C")
    func followsWidth() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5000))
            let run = try PseudoTerminal.start(
                desk,
                Self.slowly,
                widths: [160, 60],
                environment: ["TERM": "xterm-256color"]
            )
            try await hasDrawn(run) { $0.contains(/[1-9]\d* linked  0 rejected  \d+ waiting  p50 .+ms  limited by/) }
            run.send(SIGUSR1)
            let wide = frames(run.errors).count
            try await waitUntil { !frames(run.errors).dropFirst(wide).allSatisfy { $0.count > 59 } }
            run.send(SIGINT)
            let outcome = await run.outcome()
            #expect(outcome.exitCode == 130)
            #expect(frames(outcome.errors).allSatisfy { $0.count <= 159 })
            #expect(outcome.errors.contains(/\e\[32m\d+ linked\e\[0m/))
            let screen = Screen(outcome.errors)
            #expect(screen.unknown == [])
            #expect(Array(screen.text.prefix(2)) == Self.stopped)
            #expect(screen.text.dropFirst(2).first?.hasPrefix("5,000 rows in ") == true, "\(screen.text)")
        }
    }

    @Test("a line that is logged meanwhile stands above it, whole")
    func loggedAbove() async throws {
        try await Desk.with { desk in
            try desk.folder.write(
                "users.csv",
                Rows.csv(1...8) + "carla,9\n" + Rows.csv(10...5000).dropFirst(Rows.header.count)
            )
            let run = try PseudoTerminal.start(desk, Self.slowly, widths: [100], environment: ["TERM": "xterm"])
            try await run.hasSaid("line 10: ")
            let before = frames(run.errors).count
            try await waitUntil { frames(run.errors).count != before }
            run.send(SIGINT)
            let screen = Screen(await run.outcome().errors)
            #expect(screen.unknown == [])
            #expect(
                screen.text.first
                    == #"pinglink: warning: line 10: invalid: INVALID_USER_ID, column "userID": the user id is not a UUID"#
            )
            #expect(Array(screen.text[1...2]) == Self.stopped)
        }
    }

    @Test("a second Ctrl-C leaves at once, and nothing behind")
    func secondSignal() async throws {
        try await Desk.with("--latency", "600000") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5000))
            let run = try PseudoTerminal.start(desk, Self.slowly, widths: [80], environment: ["TERM": "xterm"])
            try await hasDrawn(run) { $0.contains("0/5,000") }
            run.send(SIGINT)
            try await hasDrawn(run) { $0.contains("stopping") }
            // Two signals at the same moment count as one.
            let before = frames(run.errors).count
            try await waitUntil { frames(run.errors).count >= before + 2 }
            run.send(SIGINT)
            let outcome = await run.outcome()
            #expect(outcome.exitCode == 130)
            #expect(Screen(outcome.errors).text == [Self.stopped[0]])
        }
    }

    @Test("NO_COLOR leaves the colours out")
    func noColour() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5000))
            let run = try PseudoTerminal.start(
                desk,
                Self.slowly,
                widths: [160],
                environment: ["TERM": "xterm", "NO_COLOR": "1"]
            )
            try await hasDrawn(run) { $0.contains(/[1-9]\d* linked/) }
            run.send(SIGINT)
            let errors = await run.outcome().errors
            #expect(!errors.contains(/\e\[\d*m/))
            #expect(Array(Screen(errors).text.prefix(2)) == Self.stopped)
        }
    }

    @Test("a terminal that cannot move its cursor gets log lines", arguments: [["TERM": "dumb"], [:]])
    func dumb(environment: [String: String]) async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5000))
            let run = try PseudoTerminal.start(desk, Self.slowly, widths: [80], environment: environment)
            try await desk.simulator.hasSeen(posts: 3)
            run.send(SIGINT)
            let errors = await run.outcome().errors
            #expect(!errors.contains("\u{1B}"))
            #expect(errors.hasPrefix("^C" + Self.stopped.joined(separator: "\r\n")), "\(errors.debugDescription)")
        }
    }

    @Test("--progress bar draws on any device, and does without escapes where they are not understood")
    func forced() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5000))
            let run = try PseudoTerminal.start(
                desk,
                Self.slowly + ["--progress", "bar"],
                widths: [80],
                environment: ["TERM": "dumb"]
            )
            try await run.hasSaid("/5,000")
            run.send(SIGINT)
            let errors = await run.outcome().errors
            #expect(!errors.contains("\u{1B}"))
            #expect(Array(Screen(errors).text.prefix(2)) == Self.stopped)

            let piped = try desk.start(Self.slowly + ["--progress", "bar"])
            try await piped.hasSaid("/5,000")
            piped.send(SIGINT)
            let outcome = await piped.outcome()
            #expect(!outcome.errors.contains("\u{1B}"))
            #expect(outcome.exitCode == 130)
        }
    }

    @Test("a run that goes to its end leaves its summary alone")
    func wholeRun() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...30))
            for arguments in [
                ["import", "users.csv"], ["verify", "users.csv.ledger"], ["undo", "users.csv.ledger", "--yes"],
            ] {
                let run = try PseudoTerminal.start(
                    desk,
                    arguments + ["--rate", "40"],
                    widths: [80],
                    environment: ["TERM": "xterm"]
                )
                let outcome = await run.outcome()
                #expect(outcome.exitCode == 0)
                let screen = Screen(outcome.errors)
                #expect(screen.unknown == [])
                #expect(screen.text.first?.contains("30 ") == true, "\(screen.text)")
                #expect(!screen.text.contains { $0.contains("waiting") || $0.contains("limited by") })
            }
        }
    }
}
