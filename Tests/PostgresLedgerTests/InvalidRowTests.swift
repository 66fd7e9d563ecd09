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

    @Test("of another machine that has other bytes under the same path stay as long as it is alive")
    func otherMachine() throws {
        let other = try schema.machine("run-1", sha256: "a")
        try other.recordInvalid([invalid(2)])
        let connection = try PostgresConnection(schema.address)
        try connection.run("UPDATE processes SET host = 'another'")
        let next = try schema.machine("run-2", sha256: "b")
        try next.recordInvalid([invalid(3)])
        #expect(try lines() == [2, 3])
        try schema.endLease(ofRun: "run-1", connection)
        try schema.machine("run-3", sha256: "b").beginReading()
        #expect(try lines() == [3])
        withExtendedLifetime((other, next)) {}
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
