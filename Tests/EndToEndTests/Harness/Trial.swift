import Foundation
import TestKit
import Testing

/// The same work done once more beside others, with users and a folder of its own: what differs between trials is where
/// pinglink dies.
struct Trial: Sendable {
    /// From 1000 to 9999; it is a part of each id, so that one simulator serves all trials.
    let number: Int
    let desk: Desk

    init(_ number: Int, at simulator: RunningSimulator) throws {
        self.number = number
        desk = Desk(folder: try TemporaryFolder(), simulator: simulator)
    }

    /// A user of this trial; the id ends in the four digits of `row`.
    func user(_ row: Int) -> String { Rows.user(number * 10_000 + row) }

    func account(_ row: Int) -> String { "account-\(number * 10_000 + row)" }

    func csv(_ row: Int, account: Int? = nil) -> String { "\(user(row)),\(self.account(account ?? row))\n" }

    func owns(_ link: RunningSimulator.Link) -> Bool { link.userID.hasPrefix(user(0).dropLast(4)) }

    /// A file, with the same text where another trial has its own ids.
    func text(_ file: String) throws -> String {
        try desk.folder.text(file).replacing("\(number)", with: "TRIAL")
    }

    /// The steps that all of its processes have reached, by their names.
    var steps: [Substring] {
        String(decoding: desk.folder.bytes("steps") ?? Data(), as: UTF8.self).split(separator: "\n")
    }

    /// Runs pinglink to its end, or to its death at the n-th step that it reaches.
    func pinglink(_ arguments: [String], dyingAt step: Int? = nil) async throws -> Outcome {
        let environment = [
            "PINGLINK_DIE_AT": step.map(String.init), "PINGLINK_STEPS_FILE": desk.folder.path("steps"),
        ]
        return try await desk.start(arguments, environment: environment).outcome()
    }

    /// Lets pinglink die at these steps, one process after the other, and then run to its end.
    ///
    /// `afterDeath`: what is to hold at once; it is told where that was.
    func pinglink(
        _ arguments: [String],
        dyingAt deaths: [Int],
        afterDeath: (Comment) async throws -> Void = { _ in }
    ) async throws -> Ending {
        var places: [String] = []
        for step in deaths {
            guard try await pinglink(arguments, dyingAt: step).exitCode == -SIGKILL else { break }
            places.append("\(step): \(steps.last ?? "")")
            try await afterDeath(Comment(rawValue: "trial \(number), died at \(places)"))
        }
        let outcome = try await pinglink(arguments)
        return Ending(trial: self, deaths: places, outcome: outcome, names: try desk.folder.names)
    }

    /// How a trial ended.
    struct Ending: Sendable {
        var trial: Trial
        /// The number and name of each step at which pinglink has died.
        var deaths: [String]
        /// Of the last process.
        var outcome: Outcome
        /// The files that it left.
        var names: [String]

        /// For the failures of a test.
        var place: Comment { Comment(rawValue: "trial \(trial.number), died at \(deaths): \(outcome.errors)") }
    }

    /// Does `body` for 1, 2, 3 and so on, the n-th to die at its n-th step, until one has ended before it could die.
    ///
    /// `steps`: what an unbroken run has reached. How many there are differs by a few, since results that end close to
    /// each other are committed together.
    static func sweep(
        atLeast steps: Int,
        body: @escaping @Sendable (Int) async throws -> Ending
    ) async throws -> [Ending] {
        try await each({ $0 <= steps || $1.allSatisfy { !$0.deaths.isEmpty } }, body: body)
    }

    /// Does `body` for 1, 2, 3 and so on, many at once, for trials wait most of their time.
    ///
    /// `goesOn`: whether there is a trial with this number, given those that have ended.
    static func each(
        _ goesOn: (Int, [Ending]) -> Bool,
        body: @escaping @Sendable (Int) async throws -> Ending
    ) async throws -> [Ending] {
        try await withThrowingTaskGroup { group in
            var endings: [Ending] = []
            var begun = 0
            while true {
                while begun - endings.count < width, goesOn(begun + 1, endings) {
                    begun += 1
                    group.addTask { [begun] in try await body(begun) }
                }
                guard let ending = try await group.next() else { return endings }
                endings.append(ending)
            }
        }
    }

    private static let width = 10
}

/// What SQLite itself finds in ledgers.
struct LedgerContent: Decodable {
    /// `ok`, or what is wrong.
    var integrity: String
    var rows: [LedgerRow]

    /// Reads each trial's ledger, in the same order.
    static func all(_ endings: [Trial.Ending]) async throws -> [LedgerContent] {
        let paths = endings.map { $0.trial.desk.folder.path("users.csv.ledger") }
        let answer = try await Program.standIn("read_ledgers", paths, folder: URL(filePath: "/")).outcome()
        try #require(answer.exitCode == 0, "\(answer.errors)")
        return try answer.output.split(separator: "\n").map {
            try Outcome.decoder.decode(LedgerContent.self, from: Data($0.utf8))
        }
    }
}
