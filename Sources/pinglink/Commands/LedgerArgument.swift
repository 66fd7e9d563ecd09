import FoundationEssentials
import Ledger
import Logging
import Pacing
import PostgresLedger
import SQLiteLedger

/// Where a ledger is that the user names: a file, or a schema of a database.
enum LedgerArgument {
    static func isDatabase(_ text: String) -> Bool {
        PostgresAddress.schemes.contains { text.hasPrefix($0) }
    }

    /// What the files beside a ledger begin with: the ledger's own path, or for one in a database its schema's name, in the
    /// current folder.
    static func stem(_ text: String, schema: String?) -> String {
        isDatabase(text) ? schema ?? PostgresAddress.standardSchema : text
    }

    /// - Parameters:
    ///   - text: a path, or an address of libpq's.
    ///   - origin: where it was said, for messages.
    ///   - database: how a database is spoken to.
    /// - Returns: the place; nothing is opened yet.
    /// - Throws: a usage failure for an address that is none, and for one with a password on the command line.
    static func location(
        _ text: String,
        from origin: Settings.Origin,
        _ database: DatabaseSettings = DatabaseSettings()
    ) throws -> any LedgerLocation {
        guard isDatabase(text) else { return SQLiteFile(text) }
        let address: PostgresAddress
        do throws(PostgresAddress.Mistake) {
            address = try PostgresAddress(text, schema: database.schema ?? PostgresAddress.standardSchema)
        } catch {
            switch error {
            case .malformed(let reason):
                throw CommandFailure.usage(
                    "\(origin): this is no address of a database: \(reason). Write postgresql://USER@HOST/DATABASE."
                )
            case .schema:
                throw CommandFailure.usage(
                    "--ledger-schema: expected the name of a schema, of 1 to 63 bytes and not beginning with pg_."
                )
            }
        }
        if address.hasPassword, case .flag = origin {
            throw CommandFailure.usage(
                "\(origin): there is a password in the address, which every user of this machine can see in the list of "
                    + "processes. Leave it out and give it in PGPASSWORD or ~/.pgpass, or the whole address in PINGLINK_LEDGER."
            )
        }
        return PostgresDatabase(address, lease: database.lease, patience: database.patience, report: database.report)
    }
}

/// How a ledger's database is spoken to.
struct DatabaseSettings {
    /// `--ledger-schema`
    var schema: String?
    /// `--lease`
    var lease = Duration.seconds(30)
    /// `--ledger-patience`
    var patience = Duration.seconds(300)
    /// Told when it is away, and when it is back.
    var report: @Sendable (String) -> Void = { _ in }
}

extension CommandSetup {
    /// The ledger that flag, variable or file names.
    ///
    /// `file`: the one that follows from the input, where nothing names one; `logger`: told when a database is away.
    /// - Returns: nil where there is none.
    func ledger(otherwise file: String? = nil, logger: Logger) throws -> (any LedgerLocation)? {
        var database = try databaseSettings()
        guard let named = settings[.ledger], let text = named.values.first else { return file.map { SQLiteFile($0) } }
        database.report = { logger.warning("\($0)") }
        if LedgerArgument.isDatabase(text) { try MachineRoom.checkThreads(MachineRoom.threadsWithDatabase) }
        return try LedgerArgument.location(text, from: named.origin, database)
    }

    func databaseSettings() throws -> DatabaseSettings {
        DatabaseSettings(
            schema: settings.text(.ledgerSchema),
            lease: try settings.standing(.lease, expected: "a time of 2s or more, such as 30s") { text in
                SettingText.duration(text).flatMap { $0 >= .seconds(2) ? $0 : nil }
            },
            patience: try settings.standing(.ledgerPatience, expected: "a time such as 5m", SettingText.duration)
        )
    }

    /// What a request may take: on a ledger that machines share no more than half a lease, so that it is over before another
    /// machine takes its row.
    func requestTimeout() throws -> Duration {
        let timeout = try timeout()
        guard let text = settings.text(.ledger), LedgerArgument.isDatabase(text) else { return timeout }
        return min(timeout, try databaseSettings().longestRequest)
    }
}

extension DatabaseSettings {
    fileprivate var longestRequest: Duration { PostgresDatabase.longestRequest(lease: lease) }
}

extension Connection {
    /// The pace of a run; where the ledger is in a database, the one pace of all runs over it in this environment.
    func pacer(_ rate: RateSetting, sharedIn ledger: (any LedgerLocation)?, time: any TimeSource) -> Pacer {
        guard let database = ledger as? PostgresDatabase else { return Pacer(rate, maxWait: maxWait, time: time) }
        let place = PostgresPacePlace(database.address, environment: environment)
        return Pacer(rate, sharedAt: place, maxWait: maxWait, time: time)
    }
}
