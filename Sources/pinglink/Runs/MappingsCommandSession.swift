import AttributeMappings
import Logging
import Pacing
import PingOneClient
import Reporting

/// Makes what a `mappings` command needs of its settings, lets it work, and tells how it went.
struct MappingsCommandSession {
    private let output: LogSettings
    private let isJSON: Bool
    private let logger: Logger
    private let connection: Connection
    private let rate: RateSetting
    private let identityProvider: String

    init(_ settings: Settings, output options: LogOptions) throws {
        output = try LogSettings(settings)
        isJSON = options.json
        logger = output.logger(options)
        connection = try Connection(ConnectionSettings(settings))
        rate = try RateSetting(settings)
        guard let id = try settings.value(\.idp) else {
            throw CommandFailure.usage(
                "No identity provider: give --idp UUID, PINGONE_IDENTITY_PROVIDER_ID or idp: in the configuration file."
            )
        }
        identityProvider = id
    }

    func list() throws -> Int32 {
        try connected { _, provider, _ in MappingSummary(listing: provider, of: identityProvider) }
    }

    func plan(file path: String) throws -> Int32 {
        let file = try MappingsFile(path: path)
        return try connected { _, provider, _ in
            MappingSummary(try plan(file, at: provider), for: identityProvider, ofType: provider.type)
        }
    }

    /// `changes`: whether what differs is changed.
    func apply(file path: String, changes: Bool, isDryRun: Bool) throws -> Int32 {
        let file = try MappingsFile(path: path)
        return try connected { session, provider, control in
            let plan = try plan(file, at: provider)
            let results =
                isDryRun
                ? plan.entries.map { $0.resultWithoutSending(changes: changes) ?? .planned }
                : session.apply(plan, changes: changes)
            return MappingSummary(
                plan,
                results: results,
                stop: control.reason,
                for: identityProvider,
                ofType: provider.type
            )
        }
    }

    private func plan(_ file: MappingsFile, at provider: MappedProvider) throws -> MappingPlan {
        try file.check(against: provider.type)
        return MappingPlan(lines: file.lines, existing: provider.mappings)
    }

    /// Reads what the provider has, lets `work` go on from there, and says what came of it.
    private func connected(
        _ work: (MappingSession, MappedProvider, RunControl) throws -> MappingSummary
    ) throws -> Int32 {
        let control = RunControl()
        let signals = try Signals(control: control) { [logger] _ in
            logger.notice("Stopping: waiting for the request in flight. Once more to leave at once.")
        }
        signals.runBegins()
        let time = SystemTime()
        let pacer = Pacer(rate, maxWait: connection.maxWait, time: time)
        let session = MappingSession(
            session: connection.session(pacer: pacer, control: control, time: time),
            identityProvider: identityProvider
        )
        guard let provider = session.read(warn: { logger.warning("\($0)") }) else {
            guard let stop = control.reason else { preconditionFailure("nothing was read, and nobody says why") }
            throw failure(stop)
        }
        let summary = try work(session, provider, control)
        try output.tell(summary, isJSON: isJSON, logger: logger)
        if let stop = summary.stop { throw failure(stop) }
        return summary.exitCode
    }

    private func failure(_ stop: RunStop) -> CommandFailure {
        CommandFailure(message: connection.whereabouts.message(for: stop), code: stop.exitCode)
    }
}
