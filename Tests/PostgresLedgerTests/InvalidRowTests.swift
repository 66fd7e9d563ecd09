import Ledger
import LedgerTestKit
import Testing

@testable import PostgresLedger

/// What several machines find wrong in an input.
@Suite("Invalid rows in a database")
struct InvalidRowTests {
    private let schema: LedgerSchemaFixture

    init() throws {
        schema = try LedgerSchemaFixture()
    }

    private func invalid(_ line: Int) -> InvalidRow {
        InvalidRow(line: line, content: UInt64(line), errorCode: "rule", errorDetail: "text")
    }

    private func lines() throws -> [Int] {
        var lines: [Int] = []
        try PostgresLedgerReader(schema.address).forEachResult(states: [.invalid]) { lines.append($0.line) }
        return lines.sorted()
    }

    @Test("of a machine that reads the same bytes stay: it has just found them")
    func sameBytes() throws {
        let first = try schema.machine("run-1", sha256: "a")
        try first.recordInvalid([invalid(2)])
        let second = try schema.machine("run-2", sha256: "a")
        try second.beginReading()
        #expect(try lines() == [2])
        withExtendedLifetime(first) {}
    }

    @Test("of a machine whose file has been changed since are gone, also while it seems to be alive")
    func changedFile() throws {
        let killed = try schema.machine("run-1", sha256: "a")
        try killed.recordInvalid([invalid(2)])
        let next = try schema.machine("run-2", sha256: "b")
        try next.recordInvalid([invalid(3)])
        #expect(try lines() == [3])
        withExtendedLifetime(killed) {}
    }
}
