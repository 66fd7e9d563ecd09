import Ledger
import PostgresTestKit
import Testing

@testable import PostgresLedger

/// What an operator of the database changes while a ledger is in use, or before.
@Suite("A database that refuses")
struct PostgresRefusalTests {
    private let schema: LedgerSchemaFixture
    /// One who may do what a ledger needs and nothing else.
    private let role: String
    private let address: PostgresAddress

    init() throws {
        schema = try LedgerSchemaFixture()
        role = "role_of_\(schema.address.schema)"
        try schema.server.rows("CREATE ROLE \(role) LOGIN; GRANT CREATE ON DATABASE postgres TO \(role)")
        address = try PostgresAddress(
            schema.server.uri.replacing("//pinglink@", with: "//\(role)@"),
            schema: schema.address.schema
        )
    }

    private func open() throws(LedgerError) -> PostgresLedger {
        try PostgresLedger.open(PostgresDatabase(address))
    }

    @Test("a user who has lost the schema is told of the right that is needed, not of damage")
    func usage() throws {
        let ledger = try open()
        try schema.server.rows("REVOKE USAGE ON SCHEMA \(address.schema) FROM \(role)")
        let need = "its tables are gone: the user needs USAGE on the schema, unless somebody has removed it"
        #expect(throws: LedgerError.writeFailed(path: address.name, reason: need)) {
            _ = try ledger.kinds()
        }
    }

    @Test("a database that only reads by its own setting is not called a standby")
    func readOnly() throws {
        _ = try open()
        try schema.server.rows("ALTER ROLE \(role) SET default_transaction_read_only = on")
        do throws(LedgerError) {
            _ = try open()
            Issue.record("it was opened")
        } catch {
            #expect(error.description.contains("where it is not, default_transaction_read_only is on"))
        }
    }
}
