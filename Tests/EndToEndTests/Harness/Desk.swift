import Foundation
import TestKit
import Testing

/// A folder of its own, a simulated PingOne, and pinglink at work between them.
struct Desk: Sendable {
    let folder: TemporaryFolder
    let simulator: RunningSimulator

    /// Makes a desk whose simulator has these options, and takes it away afterwards.
    static func with(_ simulator: String..., body: (Desk) async throws -> Void) async throws {
        try await RunningSimulator.with(simulator) { simulator in
            try await body(Desk(folder: try TemporaryFolder(), simulator: simulator))
        }
    }

    /// What a user's shell would have: the simulator's variables and nothing that could lead elsewhere.
    var environment: [String: String] {
        simulator.environment.merging(["HOME": folder.path, "TZ": "UTC"]) { $1 }
    }

    /// Starts pinglink in the folder. A nil among the changes takes a variable away; `input` is the name of the file that
    /// is standard input.
    func start(
        _ arguments: [String],
        environment changes: [String: String?] = [:],
        input: String? = nil
    ) throws -> Program {
        var environment = environment
        for (name, value) in changes { environment[name] = value }
        return try Program(
            try Program.built("pinglink"),
            arguments,
            environment: environment,
            folder: folder.url,
            input: input.map { folder.file($0) }
        )
    }

    /// Runs pinglink to its end.
    func pinglink(
        _ arguments: String...,
        environment: [String: String?] = [:],
        input: String? = nil
    ) async throws -> Outcome {
        try await start(arguments, environment: environment, input: input).outcome()
    }

    /// Starts pinglink and kills it, again and again, each time when the simulator has seen so many POSTs, 20 at least
    /// since the last time.
    func kill(_ arguments: [String], afterPosts counts: [Int]) async throws {
        var seen = 0
        for count in counts {
            let run = try start(arguments)
            try await simulator.hasSeen(posts: max(count, seen + 20))
            run.send(SIGKILL)
            #expect(await run.outcome().exitCode == -SIGKILL)
            seen = try await simulator.counters().posts
        }
    }

    /// Imports a file that is in the folder, as fast as that goes, and reads the summary.
    func importing(
        _ file: String,
        _ arguments: String...,
        environment: [String: String?] = [:],
        input: String? = nil
    ) async throws -> (outcome: Outcome, summary: Summary) {
        let all = ["import", file, "--json", "--rate", "2000"] + arguments
        let outcome = try await start(all, environment: environment, input: input).outcome()
        let summary = try outcome.json(Summary.self)
        #expect(summary.accounted == summary.rows, "\(summary)")
        #expect(summary.exitCode == outcome.exitCode)
        return (outcome, summary)
    }

    /// A ledger's results, by what `export` says.
    func results(_ ledger: String) async throws -> [LedgerRow] {
        let export = try await pinglink("export", ledger, "--format", "jsonl")
        try #require(export.exitCode == 0, "\(export.errors)")
        return try export.output.split(separator: "\n").map {
            try Outcome.decoder.decode(LedgerRow.self, from: Data($0.utf8))
        }
    }

    /// Copies a file of the repository's samples into the folder.
    func takeSample(_ name: String) throws {
        try FileManager.default.copyItem(at: Program.sample(name), to: folder.file(name))
    }
}

/// What `import --json` prints.
struct Summary: Decodable, Equatable {
    var runId: String
    var rows: Int
    var linked: Int
    var alreadyLinked: Int
    var rejected: Int
    var invalid: Int
    var failed: Int
    var unsettled: Int
    var skipped: Int
    var unsent: Int
    var requests: Int
    var throttled: Int
    var durationS: Double
    var exitCode: Int32

    /// The eight counts that have to make up `rows`.
    var accounted: Int {
        linked + alreadyLinked + rejected + invalid + failed + unsettled + skipped + unsent
    }
}

/// One line of `export --format jsonl`.
struct LedgerRow: Decodable, Equatable {
    var key: String
    var line: Int
    var source: String
    var userId: String?
    var externalId: String?
    var identityProviderId: String?
    var state: String
    var evidence: String?
    var linkedAccountId: String?
    var httpStatus: Int?
    var errorCode: String?
    var errorDetail: String?
    var errorId: String?
    var correlationId: String?
    var attempts: Int
    var posts: Int
    var latencyMs: Int?
    var runId: String
    var updatedAt: String
}

/// Made-up inputs.
enum Rows {
    static let header = "userID,externalId\n"

    static func user(_ number: Int) -> String {
        "5eed0000-0000-4000-8000-" + String(repeating: "0", count: 12 - String(number).count) + String(number)
    }

    /// One row a number, linking user N to account `account-N`.
    static func csv(_ numbers: some Sequence<Int>) -> String {
        header + numbers.map { "\(user($0)),account-\($0)\n" }.joined()
    }
}
