import LinkImport

/// All that an import's settings come to: what it runs with, and what `config show` looks at.
///
/// What is wrong with a value is thrown here; what is missing is missed by who needs it.
struct ImportSettings {
    let log: LogSettings
    let connection: ConnectionSettings
    let input: InputSettings
    let run: RunSettings
    let limit: Int?
    let isStrict: Bool
    let retried: [ResumePolicy.Retry]
    let ledger: LedgerSettings

    init(_ settings: Settings) throws {
        log = try LogSettings(settings)
        connection = try ConnectionSettings(settings)
        input = try InputSettings(settings)
        run = try RunSettings(settings)
        limit = try settings.value(\.limit)
        isStrict = try settings.value(\.strict)
        retried = try settings.value(\.retry)
        ledger = try LedgerSettings(settings)
    }
}
