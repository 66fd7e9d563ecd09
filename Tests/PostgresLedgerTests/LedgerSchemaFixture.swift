import Ledger
import LedgerTestKit
import PostgresTestKit

@testable import PostgresLedger

/// A schema of the shared server for one test.
struct LedgerSchemaFixture {
    let server: PostgresServer
    let address: PostgresAddress

    init() throws {
        try self.init(.shared())
    }

    init(_ server: PostgresServer) throws {
        self.server = server
        let name = server.newSchema()
        // By this name the server knows the connections of one test.
        address = try PostgresAddress(server.uri + "?application_name=\(name)", schema: name)
    }

    /// Makes an empty ledger in it.
    func make(salt: UInt64 = 1) throws -> PostgresConnection {
        let connection = try PostgresConnection(address)
        try PostgresSchema.migrate(connection, address, salt: salt)
        return connection
    }

    /// Makes a ledger with one run and links that it has settled, on the lines from 2 on.
    func make(links: Int, state: LinkState = .linked) throws -> PostgresConnection {
        let connection = try make()
        try connection.run(
            """
            INSERT INTO environments (uuid) VALUES ('\(environment)');
            INSERT INTO identity_providers (uuid) VALUES ('\(provider)');
            INSERT INTO inputs (name) VALUES ('/data/users.csv');
            INSERT INTO run_records (run_id, kind, process, started_ms, source, input, environment, rows)
                VALUES ('run-1', 1, 1, 1772337906789, 'users.csv', 1, 1, \(links));
            """
        )
        try insert((1..<links + 1).map { key($0) }, state: state, connection)
        return connection
    }

    /// Adds links of the first run.
    func insert(_ keys: [LinkKey], state: LinkState, _ connection: PostgresConnection) throws {
        try connection.query(
            """
            INSERT INTO links (key_hash, environment, provider, user_id, external_id, content, line, run, state, updated_ms)
                SELECT hash, 1, 1, user_id, external_id, 7, place + 1, 1, \(state.code), 1772337906789
                FROM unnest($1::bigint[], $2::text[], $3::text[]) WITH ORDINALITY AS k (hash, user_id, external_id, place)
            """,
            PostgresValue(keys.map(LinkKey.storedHash)),
            PostgresValue(keys.map(\.userID)),
            PostgresValue(keys.map(\.externalID))
        )
    }
}
