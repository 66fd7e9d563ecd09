import GRDB

/// All rows of the view `results`, through a connection that knows nothing of our modules.
package func results(_ path: String) throws -> [[String: String]] {
    try rows(path, "SELECT * FROM results ORDER BY line, key")
}

/// The rows of one query by the names of their columns; NULL is left out.
package func rows(_ path: String, _ query: String) throws -> [[String: String]] {
    let connection = try DatabaseQueue(path: path)
    defer { try? connection.close() }
    return try connection.read { database in
        try Row.fetchAll(database, sql: query).map { row in
            var values: [String: String] = [:]
            for (column, value) in row where !value.isNull {
                values[column] = String.fromDatabaseValue(value) ?? Int.fromDatabaseValue(value).map(String.init)
            }
            return values
        }
    }
}
