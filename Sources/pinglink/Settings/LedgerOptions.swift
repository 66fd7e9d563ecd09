import ArgumentParser
import Ledger

/// The ledger that a command is about.
struct LedgerOptions: SettingOptions {
    @Argument(
        \.ledger,
        help: "The ledger, such as users.csv.ledger or postgresql://HOST/DATABASE.",
        valueName: "LEDGER"
    )
    var ledger: String?
}

/// A ledger that is only read.
struct ReadLedgerOptions: SettingOptions {
    @OptionGroup var ledger: LedgerOptions
    @Option(\.ledgerSchema) var ledgerSchema: String?

    func settings() throws -> LedgerSettings {
        try LedgerSettings(Settings(self, variablesOf: [SettingTable.rows.ledger.key]), isArgument: true)
    }

    func location() throws -> any LedgerLocation {
        guard let location = try settings().location() else { throw CommandFailure.noLedger }
        return location
    }
}

extension CommandFailure {
    static var noLedger: CommandFailure {
        .usage("No ledger: name it, such as users.csv.ledger, or give PINGLINK_LEDGER.")
    }
}
