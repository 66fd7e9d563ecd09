import Glibc
import PostgresTestKit
import Testing

@testable import PostgresLedger

@Suite("A connection to the server")
struct PostgresConnectionTests {
    private let server: PostgresServer
    private let address: PostgresAddress

    init() throws {
        server = try PostgresServer()
        address = try PostgresAddress(server.uri + "?connect_timeout=2")
    }

    /// The error of a query that is not carried out.
    private func failure(_ body: () throws(PostgresError) -> Void) throws -> PostgresError {
        do throws(PostgresError) {
            try body()
        } catch {
            return error
        }
        throw NoFailure()
    }

    private struct NoFailure: Error {}

    private func expectStandstill(_ error: PostgresError) {
        guard case .connection(let reason, let silence) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(reason.hasPrefix("the server has not answered for "))
        #expect(silence > .zero)
    }

    @Test(
        "that stands still is not waited for without end, be the statement small or larger than what a socket holds",
        .timeLimit(.minutes(1)),
        arguments: [1, 8 << 20]
    )
    func standstill(bytes: Int) throws {
        let connection = try PostgresConnection(address)
        let statement = "SELECT length($1)"
        try connection.query(statement, .text("prepared"))
        let backend = pid_t(try #require(connection.query("SELECT pg_backend_pid()").first).int(0))
        try connection.limitStatements(to: .milliseconds(20))
        connection.grace = .milliseconds(30)
        #expect(kill(backend, SIGSTOP) == 0)
        defer { kill(backend, SIGCONT) }
        expectStandstill(
            try failure { () throws(PostgresError) in
                try connection.query(statement, .text(String(repeating: "a", count: bytes)))
            }
        )
    }

    @Test(
        "of a server that stands still as a whole is given up before a long statement is due",
        .timeLimit(.minutes(1))
    )
    func wholeServer() throws {
        let connection = try PostgresConnection(address)
        try connection.limitStatements(to: PostgresConnection.longestStatement)
        connection.doubtfulSilence = .milliseconds(20)
        // As long as the server is there, it is asked again and again and waited for.
        try connection.query("SELECT pg_sleep(0.2)")
        let processes = try server.processes()
        for process in processes { #expect(kill(process, SIGSTOP) == 0) }
        defer { for process in processes { kill(process, SIGCONT) } }
        expectStandstill(try failure { () throws(PostgresError) in try connection.query("SELECT 1") })
    }

    @Test("a statement that takes too long is ended by the server; in a transaction that takes time it goes on")
    func limit() throws {
        let connection = try PostgresConnection(address)
        try connection.limitStatements(to: .milliseconds(20))
        func sleep() throws(PostgresError) { try connection.query("SELECT pg_sleep(600)") }
        func state(_ error: PostgresError) -> String? {
            if case .refused(let state, _) = error { state } else { nil }
        }
        #expect(state(try failure(sleep)) == "57014")
        try connection.transaction(isWriting: false) {
            try connection.takeTime()
            connection.grace = .milliseconds(30)
            try connection.query("SELECT pg_sleep(0.2)")
        }
        connection.grace = .seconds(10)
        #expect(state(try failure(sleep)) == "57014")
    }

    @Test("that is given up after a silence has been away since the silence began, which one error does not end")
    func silence() {
        var outage = Outage()
        let first = outage.isOver(after: .connection(reason: "", silence: .seconds(130)), patience: .seconds(100))
        #expect(!first)
        #expect(outage.lasted >= .seconds(130))
        let second = outage.isOver(after: .connection(reason: "", silence: .seconds(900)), patience: .seconds(200))
        #expect(!second)
        let third = outage.isOver(after: .connection(reason: ""), patience: .seconds(100))
        #expect(third)
    }
}
