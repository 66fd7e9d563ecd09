import GRDB
import Ledger

/// The numbers under which `links` keeps the two UUIDs of a key that repeat in row after row.
struct KeyNumbers: Equatable {
    var environment: Int64
    var provider: Int64
}

/// The dictionaries of environments and identity providers, with what was looked up so far.
struct IdentifierTables: Sendable {
    private var environments = IdentifierTable(name: "environments")
    private var providers = IdentifierTable(name: "identity_providers")

    /// The numbers of a key's UUIDs, or nil if one of them never occurred, and so neither did the key.
    mutating func numbers(
        ofEnvironment environment: String,
        provider: String,
        in database: Database
    ) throws -> KeyNumbers? {
        guard
            let environment = try environments.number(of: environment, in: database),
            let provider = try providers.number(of: provider, in: database)
        else { return nil }
        return KeyNumbers(environment: environment, provider: provider)
    }

    /// The number of an environment, which is added if it is new.
    mutating func number(ofEnvironment environment: String, in database: Database) throws -> Int64 {
        try environments.numberAdding(environment, in: database)
    }

    /// The numbers of a key's UUIDs, which are added if they are new.
    mutating func numbersAdding(_ key: LinkKey, in database: Database) throws -> KeyNumbers {
        KeyNumbers(
            environment: try environments.numberAdding(key.environment, in: database),
            provider: try providers.numberAdding(key.identityProviderID, in: database)
        )
    }
}

/// One small dictionary. A ledger has one environment or a few, and a handful of identity providers, so all that occur
/// stay in memory.
private struct IdentifierTable: Sendable {
    let name: String
    private var numbers: [String: Int64] = [:]

    init(name: String) {
        self.name = name
    }

    /// The number of a UUID, in whatever case, or nil if no row has it yet.
    mutating func number(of uuid: String, in database: Database) throws -> Int64? {
        if let number = numbers[uuid] { return number }
        let found = try Int64.fetchOne(database, sql: "SELECT id FROM \(name) WHERE uuid = ?", arguments: [uuid])
        numbers[uuid] = found
        return found
    }

    mutating func numberAdding(_ uuid: String, in database: Database) throws -> Int64 {
        if let number = try number(of: uuid, in: database) { return number }
        try database.execute(sql: "INSERT INTO \(name) (uuid) VALUES (?)", arguments: [uuid])
        let added = database.lastInsertedRowID
        numbers[uuid] = added
        return added
    }
}
