import CLibPQ
import Glibc

/// One connection to the server, for one thread at a time; it blocks. Statements with parameters are prepared once.
@safe final class PostgresConnection {
    private let connection: OpaquePointer
    private var prepared: [String: String] = [:]
    private let address: PostgresAddress
    /// How long a statement may take before the server ends it; at first that of the settings.
    private var limit = Duration.seconds(10)
    private var takesTime = false
    /// A server that has not ended a statement so much later never will, and the connection is as good as lost.
    var grace = Duration.seconds(10)
    /// After so much silence, and again each time, the server is asked on another connection whether it is there.
    var doubtfulSilence = Duration.seconds(10)
    /// What a statement that goes over all rows may take.
    static let longestStatement = Duration.seconds(3600)

    /// Connects, which takes 10 s at most for each host.
    ///
    /// - Throws: `connection`, or `refused` where the server says so (no such database, wrong password).
    init(_ address: PostgresAddress) throws(PostgresError) {
        guard let connection = unsafe address.connect() else { throw .connection(reason: "out of memory") }
        unsafe self.connection = connection
        self.address = address
        // What the server has to say besides answers is nothing that a user could act on.
        unsafe PQsetNoticeProcessor(connection, { _, _ in }, nil)
        guard unsafe PQstatus(connection) == CONNECTION_OK else { throw .connection(reason: reason) }
        // No call of libpq waits by itself from here on: it would wait for ever.
        unsafe PQsetnonblocking(connection, 1)
        // Each statement is planned for the tables as they are then: a plan that was made for an empty one would read all of
        // it when it has millions of rows. Compiling a plan (jit) takes ten times as long as such a statement does.
        try run(
            """
            SET client_min_messages = warning; SET lock_timeout = '30s';
            SET idle_in_transaction_session_timeout = '10s'; SET search_path = \(address.quotedSchema), pg_temp;
            SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
            SET default_transaction_isolation = 'read committed';
            SET TIME ZONE 'UTC'; SET extra_float_digits = 1; SET bytea_output = hex;
            SET plan_cache_mode = force_custom_plan; SET jit = off
            """
        )
        try limitStatements(to: .seconds(120))
    }

    deinit {
        unsafe PQfinish(connection)
    }

    /// Runs one or several statements without parameters.
    func run(_ script: String) throws(PostgresError) {
        _ = try runUnprepared(script)
    }

    /// As ``run(_:)``; gives what the last statement has given.
    func runUnprepared(_ script: String) throws(PostgresError) -> PostgresRows {
        try unsafe rows(isSent: PQsendQuery(connection, script))
    }

    func limitStatements(to limit: Duration) throws(PostgresError) {
        try run("SET statement_timeout = \(limit.wholeMilliseconds)")
        self.limit = limit
    }

    /// Lets this transaction have statements that go over all rows.
    func takeTime() throws(PostgresError) {
        try run("SET LOCAL statement_timeout = \(Self.longestStatement.wholeMilliseconds)")
        takesTime = true
    }

    /// The transaction is over, and with it what was said for it alone.
    func endTransaction() {
        takesTime = false
    }

    /// Runs one statement; `$1` is the first parameter.
    @discardableResult
    func query(_ statement: String, _ parameters: PostgresValue...) throws(PostgresError) -> PostgresRows {
        try query(statement, parameters)
    }

    @discardableResult
    func query(_ statement: String, _ parameters: [PostgresValue]) throws(PostgresError) -> PostgresRows {
        let name = try prepare(statement)
        let texts = parameters.map(\.text)
        return try unsafe rows(
            isSent: withCStrings(texts) { values in
                unsafe PQsendQueryPrepared(connection, name, Int32(parameters.count), values, nil, nil, 0)
            }
        )
    }

    /// Hands out the rows of a query some at a time, in fixed memory. Within a transaction, to whose end the cursor is there
    /// where `body` ends the reading by throwing.
    ///
    /// `query`: a SELECT; `$1` is the first of `parameters`; `cursor`: a name that no other reading has meanwhile.
    func forEach(
        _ query: String,
        _ parameters: [PostgresValue] = [],
        cursor: String = "pinglink_rows",
        _ body: (PostgresRow) throws -> Void
    ) throws {
        var cursor = try PostgresCursor(self, query, parameters, name: cursor)
        while let row = try cursor.next() { try body(row) }
        try cursor.close()
    }

    private func prepare(_ statement: String) throws(PostgresError) -> String {
        if let name = prepared[statement] { return name }
        let name = "pinglink_\(prepared.count)"
        _ = try unsafe rows(isSent: PQsendPrepare(connection, name, statement, 0, nil))
        prepared[statement] = name
        return name
    }

    /// The answer to what was sent; of several statements that of the last, or of the first that was refused.
    private func rows(isSent: CInt) throws(PostgresError) -> PostgresRows {
        guard isSent == 1 else { throw .connection(reason: reason) }
        var last: OpaquePointer?
        do throws(PostgresError) {
            while true {
                try waitForAnswer()
                guard let result = unsafe PQgetResult(connection) else { break }
                unsafe PQclear(last)
                unsafe last = result
            }
        } catch {
            unsafe PQclear(last)
            throw error
        }
        return try unsafe rows(of: last)
    }

    /// libpq's own calls would wait for ever for a server that stands still: its machine still acknowledges what it is sent.
    private func waitForAnswer() throws(PostgresError) {
        let asked = ContinuousClock.now
        var (heard, doubted) = (asked, asked)
        while true {
            let isUnsent = unsafe PQflush(connection)
            guard isUnsent >= 0 else { throw .connection(reason: reason) }
            guard unsafe isUnsent == 1 || PQisBusy(connection) == 1 else { return }
            let hasArrived = try pollSocket(isUnsent == 1 ? POLLIN | POLLOUT : POLLIN)
            // Also when nothing has: TLS may hold what has arrived with something else.
            guard unsafe PQconsumeInput(connection) == 1 else { throw .connection(reason: reason) }
            let now = ContinuousClock.now
            guard !hasArrived else {
                (heard, doubted) = (now, now)
                continue
            }
            var isOver = asked.duration(to: now) >= (takesTime ? Self.longestStatement : limit) + grace
            if !isOver, doubted.duration(to: now) >= doubtfulSilence {
                isOver = !isServerThere
                doubted = .now
            }
            guard !isOver else { throw standstill(since: heard) }
        }
    }

    /// Waits a moment, 1 s at most; whether anything has happened.
    private func pollSocket(_ events: CInt) throws(PostgresError) -> Bool {
        var socket = pollfd(fd: unsafe PQsocket(connection), events: Int16(events), revents: 0)
        let moment = min(.seconds(1), limit + grace, doubtfulSilence)
        let ready = unsafe poll(&socket, 1, CInt(moment.wholeMilliseconds))
        guard ready >= 0 || errno == EINTR else { throw .connection(reason: unsafe String(cString: strerror(errno))) }
        return ready > 0
    }

    private func standstill(since heard: ContinuousClock.Instant) -> PostgresError {
        let silence = heard.duration(to: .now)
        return .connection(
            reason: "the server has not answered for \(silence.wholeMilliseconds / 1000) s",
            silence: silence
        )
    }

    /// Whether the server of this connection answers anybody, which takes 10 s at most.
    private var isServerThere: Bool {
        func text(_ place: UnsafeMutablePointer<CChar>?) -> String {
            unsafe place.map { unsafe String(cString: $0) } ?? ""
        }
        return unsafe address.isAnswered(
            host: text(PQhost(connection)),
            ip: text(PQhostaddr(connection)),
            port: text(PQport(connection))
        )
    }

    private func rows(of result: OpaquePointer?) throws(PostgresError) -> PostgresRows {
        guard let result = unsafe result else { throw .connection(reason: reason) }
        switch unsafe PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return unsafe PostgresRows(result)
        default:
            defer { unsafe PQclear(result) }
            let state = unsafe pinglink_pq_sqlstate(result).map { unsafe String(cString: $0) }
            guard unsafe PQstatus(connection) == CONNECTION_OK, let state else { throw .connection(reason: reason) }
            let text = unsafe pinglink_pq_primary_message(result).map { unsafe String(cString: $0) }
            throw .refused(state: state, reason: text ?? "no text")
        }
    }

    /// libpq's own words, in one line. They have hosts and names in them, never a password.
    private var reason: String {
        let text = unsafe String(cString: PQerrorMessage(connection))
        // What begins with a tab is advice, in the form of a question.
        return text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("\t") }.joined(separator: " ")
    }
}

/// A connection on its way to the queue that uses it from then on.
struct HandedConnection: @unchecked Sendable {
    // Sendable: who hands it over does not use it any more, and of those that get it one has its turn at a time.
    let connection: PostgresConnection
}
