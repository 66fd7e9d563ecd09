import Glibc
import PostgresTestKit
import Testing

@testable import PostgresLedger

@Suite("A connection to the server")
struct PostgresConnectionTests {
    @Test(
        "a server that stands still is not waited for without end, be the statement small or larger than what a socket holds",
        arguments: [1, 8 << 20]
    )
    func standstill(bytes: Int) throws {
        let server = try PostgresServer()
        let address = try PostgresAddress(server.uri)
        let connection = try PostgresConnection(address)
        let backend = pid_t(try #require(connection.query("SELECT pg_backend_pid()").first).int(0))
        try connection.limitStatements(to: .milliseconds(20))
        connection.grace = .milliseconds(30)
        #expect(kill(backend, SIGSTOP) == 0)
        defer { kill(backend, SIGCONT) }
        let standstill = PostgresError.connection(
            reason: "the server has not answered for 0 s",
            silence: .milliseconds(50)
        )
        #expect(throws: standstill) {
            try connection.query("SELECT length($1)", .text(String(repeating: "a", count: bytes)))
        }
    }

    @Test("a server that is given up after a silence has been away since the silence began")
    func silence() {
        var outage = Outage()
        #expect(outage.lasted(after: .connection(reason: "", silence: .seconds(130))) >= .seconds(130))
        var refused = Outage()
        #expect(refused.lasted(after: .connection(reason: "")) < .seconds(130))
        #expect(outage.lasted(after: .connection(reason: "")) < .seconds(260))
    }

    @Test("a statement that takes too long is ended by the server; in a transaction that takes time it goes on")
    func limit() throws {
        let server = try PostgresServer()
        let connection = try PostgresConnection(try PostgresAddress(server.uri))
        try connection.limitStatements(to: .milliseconds(20))
        #expect(throws: PostgresError.self) { try connection.query("SELECT pg_sleep(600)") }
        try connection.transaction(isWriting: false) {
            try connection.takeTime()
            try connection.query("SELECT pg_sleep(0.1)")
        }
        #expect(throws: PostgresError.self) { try connection.query("SELECT pg_sleep(600)") }
    }
}
