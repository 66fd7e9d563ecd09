import Ledger
import LedgerTestKit
import Testing

/// A kind of store: every case of this target runs over each of them.
struct StoreCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// A place where no ledger is yet.
    var make: @Sendable () throws -> any LedgerStore

    static let all = [
        StoreCase(testDescription: "SQLite") { try SQLiteStore() },
        StoreCase(testDescription: "PostgreSQL") { try PostgresStore() },
    ]

    /// Calls `body` with a place of its own.
    func callAsFunction(_ body: (any LedgerStore) throws -> Void) throws {
        let store = try make()
        defer { store.cleanUp() }
        try body(store)
    }
}

extension LedgerStore {
    /// A ledger with a run that goes on.
    func openRun(_ id: String = "run-1", _ input: String = "users", part: InputPart = .whole) throws -> any Ledger {
        let ledger = try location.open(now: { moment })
        try ledger.begin(id, input, part: part)
        return ledger
    }
}

extension Ledger {
    /// Begins a run over an input of the tests' environment.
    func begin(
        _ id: String,
        _ input: String = "users",
        kind: RunKind = .linking,
        part: InputPart = .whole,
        rows: Int? = nil
    ) throws {
        try beginRun(
            RunStart(
                kind,
                id: id,
                source: "\(input).csv",
                inputName: "/data/\(input).csv",
                part: part,
                place: RunPlace(environment: environment, host: "api.example.com"),
                rows: rows
            )
        )
    }

    /// Ends a run that has read all of its input.
    func end(rows: Int, linked: Int, repeated: Int = 0, unsent: Int = 0) throws {
        let counts = InputCounts(linked: linked, repeated: repeated, unsent: unsent)
        try endRun(RunEnd(rows: rows, sha256: "00", exitCode: 1, stoppedBy: nil, counts: counts))
    }

    /// Settles a row that is new or may be sent again.
    func settle(_ candidate: Candidate, _ settlement: Settlement) throws {
        record(settlement, for: try ticket(candidate))
    }
}
