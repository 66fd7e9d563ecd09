import Ledger
import Logging
import PostgresLedger
import SQLiteLedger

/// Where the ledger is, and how it is spoken to where it is in a database.
struct LedgerSettings {
    /// As it was given: a path, or an address of libpq's; nil where nobody names one.
    let named: String?
    let schema: String
    private let lease: Duration
    private let patience: Duration
    private let settings: Settings
    private let isArgument: Bool

    /// `isArgument`: whether the command takes the ledger as its argument LEDGER, and has no `--ledger`.
    init(_ settings: Settings, isArgument: Bool = false) throws {
        self.settings = settings
        self.isArgument = isArgument
        named = try settings.value(\.ledger)
        schema = try settings.value(\.ledgerSchema)
        lease = try settings.value(\.lease)
        patience = try settings.value(\.ledgerPatience)
    }

    private var isInDatabase: Bool { named.map(LedgerArgument.isDatabase) ?? false }

    /// What a request may take: on a ledger that machines share no more than half a lease, so that it is over before
    /// another machine takes its row.
    func requestTimeout(atMost timeout: Duration) -> Duration {
        isInDatabase ? min(timeout, PostgresDatabase.longestRequest(lease: lease)) : timeout
    }

    /// The ledger of a run.
    ///
    /// `file`: the one that follows from the input, where nothing names one; `logger`: told when a database is away.
    /// - Returns: nil where there is none.
    func location(ofRunOtherwiseIn file: String?, logger: Logger) throws -> (any LedgerLocation)? {
        if isInDatabase { try MachineRoom.checkThreads(MachineRoom.threadsWithDatabase) }
        return try location { logger.warning("\($0)") } ?? file.map { SQLiteFile($0) }
    }

    /// - Parameter report: told when a database is away, and when it is back.
    /// - Returns: the place; nothing is opened yet. Nil where nothing names one.
    /// - Throws: a usage failure for an address that is none, and for one with a password on the command line.
    func location(_ report: @escaping @Sendable (String) -> Void = { _ in }) throws -> (any LedgerLocation)? {
        guard let named else { return nil }
        guard !LedgerArgument.isNoPath(named) else {
            throw failure(
                "this is neither a path nor an address of a database. Write postgresql://USER@HOST/DATABASE, without "
                    + "quotation marks around it."
            )
        }
        guard isInDatabase else { return SQLiteFile(named) }
        let address = try address(named)
        if address.hasPassword, case .flag = settings.origin(of: \.ledger) {
            throw failure(
                "there is a password in the address, which every user of this machine can see in the list of "
                    + "processes. Leave it out and give it in PGPASSWORD or ~/.pgpass, or the whole address in PINGLINK_LEDGER."
            )
        }
        return PostgresDatabase(address, lease: lease, patience: patience, report: report)
    }

    private func address(_ text: String) throws -> PostgresAddress {
        do throws(PostgresAddress.Mistake) {
            return try PostgresAddress(text, schema: schema)
        } catch {
            switch error {
            case .malformed(let reason):
                throw failure(
                    "this is no address of a database: \(reason). Write postgresql://USER@HOST/DATABASE."
                )
            case .schema:
                throw settings.failure(
                    for: \.ledgerSchema,
                    "expected \(SettingTable.rows.ledgerSchema.expected)."
                )
            }
        }
    }

    /// About the ledger, as the command at hand calls it.
    private func failure(_ what: String) -> CommandFailure {
        if isArgument, case .flag = settings.origin(of: \.ledger) { return .usage("LEDGER: \(what)") }
        return settings.failure(for: \.ledger, what)
    }
}
