import Foundation
import SeededRandom
import TestKit
import Testing

/// What a crash may tear apart is put together by the same command once more, wherever it happened: a debug build dies
/// where it is told to. To run these alone: `swift test --filter KillPoint`.
///
/// They start some hundred processes, which takes its time: an import dies at each step, an undo, an unlink and a
/// verification at every second one.
@Suite("A crash at any step, and the same command once more", .serialized, .patient)
struct KillPointTests {
    @Test("an import ends with the links, the ledger and the files of an unbroken one")
    func importing() async throws {
        try await Desk.with("--retry-after", "0", "--faults", ImportTrial.faults) { desk in
            let strangers = try (1000...1199).map { ImportTrial.strangers(try Trial($0, at: desk.simulator)) }
            try desk.folder.write("strangers.csv", Rows.header + strangers.joined())
            #expect(try await desk.importing("strangers.csv").summary.linked == 400)
            let before = try await desk.simulator.journal().count

            let unbroken = try await ImportTrial(1000, desk).run(dyingAt: [])
            let steps = unbroken.trial.steps.count
            try #require(steps > 0, "a release build has no steps")
            var endings = try await Trial.sweep(atLeast: steps) { step in
                try await ImportTrial(1000 + step, desk).run(dyingAt: [step])
            }
            var random = SplitMix64(seed: 4)
            let deaths = (0..<6).map { _ in (0..<2).map { _ in Int.random(in: 1...steps, using: &random) } }
            endings += try await Trial.each { number, _ in
                number <= deaths.count
            } body: { number in
                try await ImportTrial(1150 + number, desk).run(dyingAt: deaths[number - 1])
            }
            endings += try await Trial.each { number, _ in
                number <= deaths.count
            } body: { number in
                try await ImportTrial(1175 + number, desk).run(dyingAt: [deaths[number - 1][0]], concurrency: 4)
            }
            #expect(endings.count { !$0.deaths.isEmpty } > steps / 2)

            let links = try await desk.simulator.links()
            for (ending, ledger) in zip([unbroken] + endings, try await LedgerContent.all([unbroken] + endings)) {
                #expect(ending.names == ImportTrial.files, ending.place)
                try ImportTrial.check(ledger, of: ending, like: unbroken, against: links)
            }
            #expect(try await Array(desk.simulator.journal().dropFirst(before)).brokenPromises == [])
        }
    }

    @Test("an undo ends with every link gone, and at no time says that one is there which is not")
    func undo() async throws {
        let faults = "DELETE*0003=apply-then-reset,DELETE*0004=500"
        try await Desk.with("--retry-after", "0", "--faults", faults) { desk in
            let strangers = try (1000...1099).map { try Trial($0, at: desk.simulator).csv(1) }
            try desk.folder.write("strangers.csv", Rows.header + strangers.joined())
            _ = try await desk.importing("strangers.csv")
            @Sendable func trial(_ number: Int, dyingAt deaths: [Int]) async throws -> Trial.Ending {
                let trial = try Trial(1000 + number, at: desk.simulator)
                let rows = (1...4).map { trial.csv($0) } + [trial.csv(2, account: 5)]
                try trial.desk.folder.write("users.csv", Rows.header + rows.joined())
                #expect(try await trial.desk.importing("users.csv").summary.linked == 4)
                let arguments = ["undo", "users.csv.ledger", "--yes", "--rate", "200", "--concurrency", "1"]
                return try await trial.pinglink(arguments, dyingAt: deaths) { place in
                    let there = Set(try await desk.simulator.links().map(\.linkedAccountID))
                    for row in try await trial.desk.results("users.csv.ledger") where row.state == "linked" {
                        #expect(there.contains(row.linkedAccountId ?? ""), place)
                    }
                }
            }
            let unbroken = try await trial(0, dyingAt: [])
            let steps = unbroken.trial.steps.count
            let endings = try await Trial.sweep(atLeast: steps / 2) { try await trial($0, dyingAt: [2 * $0]) }
            #expect(endings.count { !$0.deaths.isEmpty } > steps / 4)

            let links = try await desk.simulator.links()
            for (ending, ledger) in zip([unbroken] + endings, try await LedgerContent.all([unbroken] + endings)) {
                #expect(ending.outcome.exitCode == 0, ending.place)
                #expect(ending.names == unbroken.names, ending.place)
                #expect(ledger.integrity == "ok", ending.place)
                #expect(
                    ledger.rows.map(\.state) == ["already-linked"] + Array(repeating: "undone", count: 4),
                    ending.place
                )
                #expect(links.filter(ending.trial.owns).map(\.externalID) == [ending.trial.account(1)], ending.place)
            }
        }
    }

    @Test("unlink ends with every named link gone and no other, and at no time says that one is gone which is there")
    func unlink() async throws {
        let faults = "DELETE*0003=apply-then-reset,DELETE*0004=500"
        try await Desk.with("--retry-after", "0", "--faults", faults) { desk in
            @Sendable func trial(_ number: Int, dyingAt deaths: [Int]) async throws -> Trial.Ending {
                let trial = try Trial(1000 + number, at: desk.simulator)
                let kept = [trial.csv(2), trial.csv(3, account: 5)]
                let leavers = [1, 3, 4].map { trial.csv($0) }
                try trial.desk.folder.write("users.csv", Rows.header + (kept + leavers).joined())
                #expect(try await trial.desk.importing("users.csv").summary.linked == 5)
                try trial.desk.folder.write("leavers.csv", Rows.header + leavers.joined())
                let arguments = ["unlink", "leavers.csv", "--yes", "--rate", "200", "--concurrency", "1"]
                return try await trial.pinglink(arguments, dyingAt: deaths) { place in
                    // One that dies while it makes the ledger leaves none, or a file that is none yet.
                    let unlinked = try await trial.desk.pinglink(
                        "export",
                        "leavers.csv.unlink.ledger",
                        "--state",
                        "unlinked"
                    )
                    for link in try await desk.simulator.links().filter(trial.owns) {
                        #expect(!unlinked.output.contains(",\(link.externalID),"), place)
                    }
                }
            }
            let unbroken = try await trial(0, dyingAt: [])
            let steps = unbroken.trial.steps.count
            let endings = try await Trial.sweep(atLeast: steps / 2) { try await trial($0, dyingAt: [2 * $0]) }
            #expect(endings.count { !$0.deaths.isEmpty } > steps / 4)
            let links = try await desk.simulator.links()
            for ending in [unbroken] + endings {
                #expect(ending.outcome.exitCode == 0, ending.place)
                #expect(ending.names == unbroken.names, ending.place)
                let rows = try await ending.trial.desk.results("leavers.csv.unlink.ledger")
                #expect(rows.map(\.state) == Array(repeating: "unlinked", count: 3), ending.place)
                let left = links.filter(ending.trial.owns).map(\.externalID).sorted()
                #expect(left == [ending.trial.account(2), ending.trial.account(5)].sorted(), ending.place)
            }
        }
    }

    @Test("a verification ends with the file of an unbroken one")
    func verify() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...4) + "\(Rows.user(1)),account-5\n")
            _ = try await desk.importing("users.csv")
            for link in try await desk.simulator.links() where ["account-2", "account-3"].contains(link.externalID) {
                try await desk.simulator.removeLink(link.linkedAccountID)
            }
            try desk.folder.write("others.csv", Rows.header + "\(Rows.user(3)),other-3\n\(Rows.user(4)),other-4\n")
            _ = try await desk.importing("others.csv")
            let ledger = desk.folder.file("users.csv.ledger")

            @Sendable func trial(_ number: Int, dyingAt deaths: [Int]) async throws -> Trial.Ending {
                let trial = try Trial(1000 + number, at: desk.simulator)
                try FileManager.default.copyItem(at: ledger, to: trial.desk.folder.file("users.csv.ledger"))
                let arguments = [
                    "verify", "users.csv.ledger", "--output", "found.csv", "--rate", "200", "--concurrency", "1",
                ]
                return try await trial.pinglink(arguments, dyingAt: deaths)
            }
            let unbroken = try await trial(0, dyingAt: [])
            let found = try unbroken.trial.desk.folder.text("found.csv")
            #expect(["match", "missing", "different", "extra"].allSatisfy { found.contains(",\($0),") }, "\(found)")
            let steps = unbroken.trial.steps.count
            let endings = try await Trial.sweep(atLeast: steps / 2) { try await trial($0, dyingAt: [2 * $0]) }
            #expect(endings.count { !$0.deaths.isEmpty } > steps / 4)
            for (ending, ledger) in zip([unbroken] + endings, try await LedgerContent.all([unbroken] + endings)) {
                #expect(ending.outcome.exitCode == 1, ending.place)
                #expect(ending.names == unbroken.names, ending.place)
                #expect(try ending.trial.desk.folder.text("found.csv") == found, ending.place)
                #expect(ledger.integrity == "ok", ending.place)
                #expect(ledger.rows.allSatisfy { $0.state == "linked" }, ending.place)
            }
        }
    }
}

/// An import in which each row meets something else.
struct ImportTrial {
    /// By the last digits of the user's id, so that a row fares the same whenever it is sent. Row 13 never gets through.
    static let faults =
        "POST*0005=apply-then-reset,POST*0006=503,POST*0007=429,POST*0009=reset-before,"
        + "POST*0013=" + Array(repeating: "500", count: 99).joined(separator: "+")

    static let files = [
        "figures.prom", "steps", "users.csv", "users.csv.ledger", "users.csv.rejects.csv", "users.csv.retry.csv",
    ]

    /// What is linked by somebody else: row 2 as it will be asked for, and the account of row 11 to another user.
    static func strangers(_ trial: Trial) -> String { trial.csv(2) + trial.csv(12, account: 11) }

    private static let states = [
        2: "linked", 3: "already-linked", 4: "invalid", 5: "linked", 6: "linked", 7: "linked", 8: "linked", 9: "linked",
        11: "linked", 12: "rejected", 13: "failed",
    ]

    private let trial: Trial
    /// The flags that say where the ledger is; none where it is beside the input.
    private let ledger: [String]

    init(_ number: Int, _ desk: Desk, ledger: [String] = []) throws {
        trial = try Trial(number, at: desk.simulator)
        self.ledger = ledger
    }

    /// Lets a process die while another one, on a machine of its own, is at the same import.
    func run(dyingAt death: Int, beside other: ImportTrial) async throws -> Trial.Ending {
        for trial in [trial, other.trial] {
            try trial.desk.folder.write("users.csv", Rows.header + rows.joined())
        }
        let flags = ["--concurrency", "1"]
        async let outcome = other.trial.pinglink(arguments + flags)
        let hasDied = try await trial.pinglink(arguments + flags, dyingAt: death).exitCode == -SIGKILL
        return Trial.Ending(
            trial: other.trial,
            deaths: hasDied ? ["\(death): \(trial.steps.last ?? "")"] : [],
            outcome: try await outcome,
            names: try other.trial.desk.folder.names
        )
    }

    func run(dyingAt deaths: [Int], concurrency: Int = 1) async throws -> Trial.Ending {
        try trial.desk.folder.write("users.csv", Rows.header + rows.joined())
        return try await trial.pinglink(arguments + ["--concurrency", "\(concurrency)"], dyingAt: deaths)
    }

    private var rows: [String] {
        [
            trial.csv(1), trial.csv(2), "nobody,account-0\n", trial.csv(5), trial.csv(6), trial.csv(7), trial.csv(8),
            trial.csv(8, account: 18), trial.csv(1), trial.csv(9), trial.csv(11), trial.csv(13),
        ]
    }

    private var arguments: [String] {
        ["import", "users.csv", "--rate", "200", "--attempts", "2", "--metrics-file", "figures.prom"] + ledger
    }

    static func hasDoubtfulConflict(_ ledger: LedgerContent) -> Bool {
        ledger.rows.contains { $0.line == 12 && $0.state == "unsettled" }
    }

    /// Compares the ledger with what has to come of each row, and with the server.
    static func check(
        _ ledger: LedgerContent,
        of ending: Trial.Ending,
        like unbroken: Trial.Ending,
        against links: [RunningSimulator.Link]
    ) throws {
        #expect(ending.outcome.exitCode == 1, ending.place)
        if !hasDoubtfulConflict(ledger) {
            for file in ["users.csv.rejects.csv", "users.csv.retry.csv"] {
                #expect(try ending.trial.text(file) == unbroken.trial.text(file), ending.place)
            }
        }
        #expect(ledger.integrity == "ok", ending.place)
        var states = Dictionary(ledger.rows.map { ($0.line, $0.state) }) { $1 }
        if states[3] == "linked" {
            // Whether a POST that was to leave when the process died has made a link that is there, nobody can tell.
            #expect(!ending.deaths.isEmpty, ending.place)
            #expect(ledger.rows.first { $0.line == 3 }?.evidence == "read-back", ending.place)
            states[3] = "already-linked"
        }
        if hasDoubtfulConflict(ledger) {
            // Whoever dies when this POST may have left cannot know that the account is another user's: no list shows it.
            #expect(!ending.deaths.isEmpty, ending.place)
            states[12] = "rejected"
        }
        #expect(states == Self.states, ending.place)
        #expect(ledger.rows.count == Self.states.count, ending.place)
        let linked = ledger.rows.filter { ["linked", "already-linked"].contains($0.state) }
        let expected = links.filter { ending.trial.owns($0) && $0.userID != ending.trial.user(12) }
        #expect(linked.map(\.linkText).sorted() == expected.map(\.text).sorted(), ending.place)
    }
}

extension LedgerRow {
    fileprivate var linkText: String { "\(userId ?? "") \(externalId ?? "") \(linkedAccountId ?? "")" }
}

extension RunningSimulator.Link {
    fileprivate var text: String { "\(userID) \(externalID) \(linkedAccountID)" }
}
