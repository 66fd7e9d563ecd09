import Foundation
import GRDB
import Ledger
import LedgerTestKit
import SQLiteLedger
import Testing

/// A kind of store: every case of this target runs over each of them.
struct StoreCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// A place where no ledger is yet.
    var make: @Sendable () throws -> any LedgerStore

    static let all = [StoreCase(testDescription: "SQLite") { SQLiteStore() }]

    /// Calls `body` with a place of its own.
    func callAsFunction(_ body: (any LedgerStore) throws -> Void) throws {
        let store = try make()
        defer { store.cleanUp() }
        try body(store)
    }
}

private struct SQLiteStore: LedgerStore {
    private let path = FileManager.default.temporaryDirectory.appending(path: "contract-\(UUID().uuidString)").path

    var name: String { "SQLite" }

    var location: any LedgerLocation { SQLiteFile(path) }

    func rows(_ query: String) throws -> [[String: String]] {
        let connection = try DatabaseQueue(path: path)
        defer { try? connection.close() }
        return try connection.read { database in
            try Row.fetchAll(database, sql: query).map { row in
                var values: [String: String] = [:]
                for (column, value) in row where !value.isNull {
                    values[column] = String.fromDatabaseValue(value) ?? Int.fromDatabaseValue(value).map(String.init)
                }
                return values
            }
        }
    }

    func cleanUp() {
        for suffix in ["", "-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
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
