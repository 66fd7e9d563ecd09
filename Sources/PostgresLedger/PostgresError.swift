/// Why PostgreSQL has not done what it was asked for.
enum PostgresError: Error, Equatable {
    /// There is no connection, or it was lost before the answer: whether the statement was carried out is not known.
    /// `silence`: for how long the server had said nothing when it was given up.
    case connection(reason: String, silence: Duration = .zero)
    /// The server has refused a statement; `state` is the five characters of its SQLSTATE
    /// (https://www.postgresql.org/docs/current/errcodes-appendix.html).
    case refused(state: String, reason: String)
    /// A value that this program cannot have written.
    case unreadable

    /// A server that has said of itself that it only replays another one.
    static let standby = PostgresError.refused(state: "25006", reason: "pg_is_in_recovery")

    /// How long the database had been away when this was found out.
    var silence: Duration {
        if case .connection(_, let silence) = self { silence } else { .zero }
    }

    /// Whether the same transaction may succeed a moment later, on another connection where need be.
    var isTransient: Bool {
        switch self {
        case .connection: true
        case .refused(let state, _):
            Self.transientStates.contains(state) || Self.transientClasses.contains(state.prefix(2))
        case .unreadable: false
        }
    }

    /// Whether two transactions have met each other, which is over at once.
    var isMeeting: Bool {
        if case .refused(let state, _) = self { state.hasPrefix("40") || state == "55P03" } else { false }
    }

    /// Whether nothing can be asked on this connection any more.
    var endsConnection: Bool {
        switch self {
        case .connection: true
        case .refused(let state, _):
            state != Self.tookTooLong && ["57", "25"].contains(state.prefix(2))
        case .unreadable: false
        }
    }

    /// A statement was cancelled.
    private static let tookTooLong = "57014"
    /// The classes: connection exceptions, insufficient resources (a full disk among them), transactions that met each other,
    /// and what an operator does (shutdown, crash, a session ended, a standby that is still starting).
    private static let transientClasses: Set<Substring> = ["08", "53", "40", "57"]
    /// What only reads: a standby, which a failover makes the primary; a lock not had in time; a session that was idle for
    /// too long.
    private static let transientStates: Set<String> = ["25006", "55P03", "25P03"]
}
