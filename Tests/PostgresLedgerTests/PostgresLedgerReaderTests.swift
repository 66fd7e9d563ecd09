import Ledger
import LedgerTestKit
import PostgresTestKit
import Testing

@testable import PostgresLedger

@Suite("What is read of a ledger in a database")
struct PostgresLedgerReaderTests {
    private let schema: LedgerSchemaFixture

    init() throws {
        schema = try LedgerSchemaFixture()
    }

    private func reader() throws -> PostgresLedgerReader { try PostgresLedgerReader(schema.address) }

    private func refusal() -> LedgerError? {
        do throws(LedgerError) {
            _ = try PostgresLedgerReader(schema.address)
            return nil
        } catch {
            return error
        }
    }

    @Test("says so where there is no ledger, and what to look at")
    func nothing() throws {
        let name = schema.address.name
        #expect(
            refusal()?.description
                == "\(name): the ledger cannot be read: there is no ledger in the schema \"\(schema.address.schema)\" of that "
                + "database. Check the address, the permissions and --ledger-schema."
        )
        try schema.server.rows("CREATE SCHEMA \(schema.address.schema)")
        #expect(refusal()?.description.contains("there is no ledger in the schema") == true)
    }

    @Test(
        "leaves another program's tables alone",
        arguments: [
            "users (id int)", "meta (id int)", "meta (name text, value text)", "meta (name text, value bigint)",
        ]
    )
    func foreign(table: String) throws {
        let name = schema.address.schema
        try schema.server.rows(
            "CREATE SCHEMA \(name); CREATE TABLE \(name).\(table)"
                + (table.hasSuffix("value text)")
                    ? "; INSERT INTO \(name).meta VALUES ('pinglink_format', 'x'), ('content_salt', 'y')" : "")
        )
        #expect(
            refusal()?.description
                == "\(schema.address.name): this is no ledger: the tables in the schema \"\(name)\" are another program's. "
                + "It was left as it is; name another schema with --ledger-schema."
        )
    }

    @Test("leaves a newer format to a newer version")
    func newer() throws {
        try schema.make().run("UPDATE meta SET value = 99 WHERE name = 'pinglink_format'")
        #expect(
            refusal()
                == .newerSchema(path: schema.address.name, found: 99, supported: PostgresSchema.version)
        )
    }

    @Test("a server that is not there is named without a password")
    func unreachable() throws {
        let address = try PostgresAddress("postgresql://someone:hidden@%2Fnowhere/ledgers")
        #expect {
            try PostgresLedgerReader(address)
        } throws: { error in
            let text = "\(error)"
            return text.hasPrefix("postgresql://someone@%2Fnowhere/ledgers: the ledger cannot be read: ")
                && !text.contains("hidden")
        }
    }

    @Test("tables and values that make no sense are a damaged ledger")
    func damaged() throws {
        let connection = try schema.make(links: 1)
        let reader = try reader()
        try connection.run("UPDATE links SET state = 77")
        #expect(throws: LedgerError.damaged(path: schema.address.name, reason: "a value in it cannot be read")) {
            try reader.counts()
        }
        try connection.run("DROP TABLE checks")
        #expect {
            try reader.missingLinks()
        } throws: { error in
            "\(error)".contains("the ledger is damaged: PostgreSQL 42P01: relation \"checks\" does not exist. Restore")
        }
    }

    @Test("hands out more rows than it fetches at a time, invalid ones among them, in order")
    func many() throws {
        let connection = try schema.make(links: 4_500)
        try connection.run(
            """
            INSERT INTO invalid_rows (input, line, run, content, error_code, error_detail, updated_ms)
                SELECT 1, place * 2 + 1, 1, place, 'RULE', 'text', 0 FROM generate_series(1, 2500) AS place
            """
        )
        var lines: [Int] = []
        try reader().forEachResult { lines.append($0.line) }
        #expect(lines == (Array(2...4_501) + (1...2_500).map { $0 * 2 + 1 }).sorted())
        lines = []
        try reader().forEachResult(states: [.invalid]) { lines.append($0.line) }
        #expect(lines.count == 2_500)
    }

    @Test("sees one moment, whatever is written meanwhile")
    func oneMoment() throws {
        let connection = try schema.make(links: 3_000, state: .failed)
        var states: Set<LinkState> = []
        try reader().forEachResult { row in
            if states.isEmpty { try connection.run("UPDATE links SET state = 1") }
            states.insert(row.state)
        }
        #expect(states == [.failed])
        #expect(try reader().counts() == [.linked: 3_000])
    }

    @Test("what the caller throws ends the reading and comes back; the next reading is as good as any")
    func bodyThrows() throws {
        struct Enough: Error {}
        _ = try schema.make(links: 3)
        let reader = try reader()
        var seen = 0
        #expect(throws: Enough.self) {
            try reader.forEachResult { _ in
                seen += 1
                throw Enough()
            }
        }
        #expect(seen == 1)
        try reader.forEachResult { _ in seen += 1 }
        #expect(seen == 4)
    }

    @Test("connects again where the connection was lost before a row was handed out")
    func reconnects() throws {
        _ = try schema.make(links: 3)
        let reader = try reader()
        try cutConnections()
        #expect(try reader.counts() == [.linked: 3])
        try cutConnections()
        var seen = 0
        try reader.forEachResult { _ in seen += 1 }
        #expect(seen == 3)
    }

    @Test(
        "no row is handed out twice: a connection that is lost later is an error, and the next reading connects again"
    )
    func lostLater() throws {
        _ = try schema.make(links: 5_000)
        let reader = try reader()
        var seen = 0
        #expect {
            try reader.forEachResult { _ in
                if seen == 0 { try cutConnections() }
                seen += 1
            }
        } throws: { error in
            "\(error)".hasPrefix("\(schema.address.name): the ledger cannot be read: ")
        }
        #expect(seen < 5_000)
        #expect(try reader.counts() == [.linked: 5_000])
    }

    @Test("reads nothing after it was closed")
    func closed() throws {
        _ = try schema.make(links: 1)
        let reader = try reader()
        reader.close()
        #expect(throws: LedgerError.cannotRead(path: schema.address.name, reason: "it was closed")) {
            try reader.counts()
        }
    }

    @Test("changes nothing, and needs no more than the permission to read")
    func permission() throws {
        _ = try schema.make(links: 2)
        let name = schema.address.schema
        try schema.server.rows("CREATE ROLE \(name)_reader LOGIN; GRANT USAGE ON SCHEMA \(name) TO \(name)_reader")
        let uri = schema.server.uri.replacing("//pinglink@", with: "//\(name)_reader@")
        let address = try PostgresAddress(uri, schema: name)
        #expect {
            try PostgresLedgerReader(address)
        } throws: { error in
            "\(error)".contains(
                "the ledger cannot be read: permission denied for table meta (reading needs USAGE on the schema and SELECT "
                    + "on its tables and views). Check"
            )
        }
        try schema.server.rows("GRANT SELECT ON ALL TABLES IN SCHEMA \(name) TO \(name)_reader")
        #expect(try PostgresLedgerReader(address).counts() == [.linked: 2])
    }

    /// Ends every connection that has asked for this ledger, as an operator would.
    private func cutConnections() throws {
        try schema.server.rows(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE application_name = '\(schema.address.schema)'
            """
        )
    }
}
