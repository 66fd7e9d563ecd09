import GRDB
import Ledger
import LedgerTestKit
import SQLiteLedger
import TestKit
import Testing

@testable import PostgresLedger

@Suite("A ledger's rows, put from a file into a database")
struct ReaderComparisonTests {
    private let schema: LedgerSchemaFixture
    private let folder: TemporaryFolder
    private var path: String { folder.path("ledger") }

    init() throws {
        schema = try LedgerSchemaFixture()
        folder = try TemporaryFolder()
    }

    @Test("are read there as they are read here", arguments: 0..<20 as Range<UInt64>)
    func comparison(seed: UInt64) throws {
        let clock = TestClock()
        var history = try RandomHistory(seed: seed, clock) { [path] in
            try SQLiteLedger.open(at: path, now: { clock.now })
        }
        try history.write()
        let file = try SQLiteLedgerReader(path: path)
        defer { file.close() }
        try copy(salt: try file.contentSalt)
        let database = try PostgresLedgerReader(schema.address)

        #expect(try database.contentSalt == file.contentSalt)
        #expect(try database.counts() == file.counts())
        #expect(try database.environments() == file.environments())
        #expect(try database.runs() == file.runs())
        #expect(try database.inputNames() == file.inputNames())
        let inputs = (try database.inputs(), try file.inputs())
        #expect(inputs.0.records == inputs.1.records)
        #expect(inputs.0.gone == inputs.1.gone)
        #expect(try database.activity() == file.activity())
        #expect(try database.verification() == file.verification())
        #expect(try database.verifications() == file.verifications())
        #expect(try database.kinds() == file.kinds())
        #expect(try database.missingLinks() == file.missingLinks())
        try compareRuns(database, file)
        try compareResults(database, file)
        try compareLinks(database, file)
    }

    private func compareRuns(_ database: any LedgerReader, _ file: any LedgerReader) throws {
        for run in try file.runs() {
            #expect(try database.warnings(ofRun: run.runID) == file.warnings(ofRun: run.runID))
            #expect(try database.results(runID: run.runID) == file.results(runID: run.runID))
        }
        for name in try file.inputNames() {
            for environment in RandomHistory.environments.map({ $0.uppercased() }) {
                #expect(
                    try database.linkedRows(ofInput: name, environment: environment)
                        == file.linkedRows(ofInput: name, environment: environment)
                )
            }
        }
    }

    private func compareResults(_ database: any LedgerReader, _ file: any LedgerReader) throws {
        let choices: [Set<LinkState>?] = [
            nil, [], [.linked], [.invalid], [.rejected, .failed, .invalid], [.linked, .undone],
            [.unsettled, .intended],
            [.alreadyLinked],
        ]
        for states in choices { #expect(try database.results(states: states) == file.results(states: states)) }
    }

    private func compareLinks(_ database: any LedgerReader, _ file: any LedgerReader) throws {
        let candidates = RandomHistory.keys.map { Candidate(key: $0, line: 1, content: 1, userAlias: 3) }
        #expect(try database.lookUp(candidates) == file.lookUp(candidates))
        // Which one of several is told is nobody's promise.
        #expect(try database.rivals(of: candidates).map { $0 == nil } == file.rivals(of: candidates).map { $0 == nil })
        let aliases = RandomHistory.keys.map {
            LinkAlias(
                environment: $0.environment,
                userAlias: .max,
                identityProviderID: $0.identityProviderID,
                externalID: $0.externalID
            )
        }
        #expect(try database.lookUp(aliases) == file.lookUp(aliases))
    }

    /// Copies every table of the file as it stands.
    private func copy(salt: UInt64) throws {
        let connection = try schema.make(salt: salt)
        try connection.run("BEGIN; ALTER TABLE run_records ALTER COLUMN process SET DEFAULT 1")
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        try queue.read { database in
            for table in Self.tables {
                for row in try Row.fetchAll(database, sql: "SELECT * FROM \(table)") {
                    let places = (1...row.count).map { "$\($0)" }.joined(separator: ", ")
                    try connection.query(
                        """
                        INSERT INTO \(table) (\(row.columnNames.joined(separator: ", "))) OVERRIDING SYSTEM VALUE
                            VALUES (\(places))
                        """,
                        Array(row.databaseValues).map(Self.value)
                    )
                }
            }
        }
        try connection.run("COMMIT")
    }

    private static let tables = [
        "environments", "identity_providers", "inputs", "run_records", "links", "invalid_rows", "verifications",
        "checks",
        "extra_links", "pace", "run_warnings",
    ]

    private static func value(_ value: DatabaseValue) -> PostgresValue {
        switch value.storage {
        case .int64(let number): PostgresValue(number)
        case .double(let number): PostgresValue(number)
        case .string(let text): PostgresValue(text)
        case .null, .blob: .null
        }
    }
}
