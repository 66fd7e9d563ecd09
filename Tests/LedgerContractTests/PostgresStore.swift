import Ledger
import LedgerTestKit
import PostgresLedger
import PostgresTestKit

/// A schema of its own of the server that all tests share.
struct PostgresStore: LedgerStore {
    private let server: PostgresServer
    private let address: PostgresAddress

    init() throws {
        server = try .shared()
        address = try PostgresAddress(server.uri, schema: server.newSchema())
    }

    var name: String { "PostgreSQL" }

    var location: any LedgerLocation { PostgresDatabase(address) }

    func rows(_ query: String) throws -> [[String: String]] {
        try server.objects(query, schema: address.schema)
    }

    func cleanUp() {
        _ = try? server.rows("DROP SCHEMA IF EXISTS \(address.schema) CASCADE")
    }
}
