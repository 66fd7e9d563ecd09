import ArgumentParser
import FoundationEssentials
import Ledger
import LinkImport

/// The ledger that a command is about.
struct LedgerOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The ledger, such as users.csv.ledger or postgresql://HOST/DATABASE. [PINGLINK_LEDGER]",
            valueName: "LEDGER"
        ),
        completion: .file()
    )
    var ledger: String?

    var flags: [SettingKey: [String]] { [.ledger: ledger].compactMapValues { $0.map { [$0] } } }
}

/// A ledger that is only read.
struct ReadLedgerOptions: ParsableArguments {
    @OptionGroup var ledger: LedgerOptions

    @Option(help: .ledgerSchema)
    var ledgerSchema: String?

    func location() throws -> any LedgerLocation {
        let database = DatabaseSettings(schema: ledgerSchema)
        if let ledger = ledger.ledger { return try LedgerArgument.location(ledger, from: .flag(.ledger), database) }
        let variable = "PINGLINK_LEDGER"
        let said = ProcessInfo.processInfo.environment[variable]?.trimmingSpace() ?? ""
        guard !said.isEmpty else { throw CommandFailure.noLedger }
        return try LedgerArgument.location(said, from: .variable(variable), database)
    }
}

extension CommandFailure {
    static var noLedger: CommandFailure {
        .usage("No ledger: name it, such as users.csv.ledger, or give PINGLINK_LEDGER.")
    }
}

extension ArgumentHelp {
    static let ledgerSchema = ArgumentHelp(
        "The schema in the database of the ledger (default: pinglink).",
        valueName: "NAME"
    )
}

/// How a ledger in a database is written.
struct DatabaseOptions: ParsableArguments {
    @Option(help: .ledgerSchema)
    var ledgerSchema: String?

    @Option(
        help: ArgumentHelp(
            "After so long without a sign of life, a machine loses its rows to the others (default: 30s).",
            valueName: "T"
        )
    )
    var lease: String?

    @Option(help: ArgumentHelp("How long to wait for a database that is away (default: 5m).", valueName: "T"))
    var ledgerPatience: String?

    var flags: [SettingKey: [String]] {
        [.ledgerSchema: ledgerSchema, .lease: lease, .ledgerPatience: ledgerPatience]
            .compactMapValues { $0.map { [$0] } }
    }
}
