/// The rows of a query, one after the other, fetched some at a time. It lives in the transaction that it was made in, on the
/// thread that uses the connection, beside others of other names.
struct PostgresCursor {
    private let connection: PostgresConnection
    private let name: String
    private var rows: PostgresRows
    private var place = 0

    /// `name`: an identifier of SQL that is not in use.
    init(
        _ connection: PostgresConnection,
        _ query: String,
        _ parameters: [PostgresValue],
        name: String
    ) throws(PostgresError) {
        self.connection = connection
        self.name = name
        try connection.query("DECLARE \(name) NO SCROLL CURSOR FOR \(query)", parameters)
        rows = try Self.fetch(from: connection, name)
    }

    /// Nil at the end, and from then on.
    mutating func next() throws(PostgresError) -> PostgresRow? {
        if place == rows.count {
            guard place > 0 else { return nil }
            rows = try Self.fetch(from: connection, name)
            place = 0
            guard rows.count > 0 else { return nil }
        }
        defer { place += 1 }
        return rows.row(place)
    }

    func close() throws(PostgresError) {
        try connection.run("CLOSE \(name)")
    }

    /// A row of `results` has some 500 bytes: a megabyte.
    private static let size = 2_000

    private static func fetch(
        from connection: PostgresConnection,
        _ name: String
    ) throws(PostgresError) -> PostgresRows {
        try connection.runUnprepared("FETCH \(size) FROM \(name)")
    }
}
