import ArgumentParser
import CSVReading
import FoundationEssentials
import Glibc
import HTTPTransport
import LinkImport
import Logging
import Pacing
import PingOneAPI
import Reporting

/// What several commands make of their settings.
struct CommandSetup {
    let settings: Settings

    init(flags: [[SettingKey: [String]]], config: ConfigOptions) throws {
        let merged = flags.reduce(into: [:]) { $0.merge($1) { $1 } }
        settings = try Settings(flags: merged, config: config, environment: ProcessInfo.processInfo.environment)
    }

    /// `runID`: of the run that its records are about, if there is one.
    func logger(_ output: LogOptions, runID: String? = nil) throws -> Logger {
        let format = try settings.standing(.logFormat, expected: "text or json") {
            ConsoleLogHandler.Format(rawValue: $0)
        }
        let level: Logger.Level = try settings.isSet(.quiet) ? .error : output.verbose ? .debug : .info
        var logger = Logger(label: "pinglink") { _ in
            ConsoleLogHandler(logLevel: level, format: format, showsTime: isatty(2) == 0)
        }
        if let runID { logger[metadataKey: "run_id"] = "\(runID)" }
        if format == .json { Console.shared.logFailures(to: logger) }
        return logger
    }

    /// Says what a command came to: on standard output, or, with --quiet, only what somebody has to see to and as an error.
    ///
    /// One JSON object that was asked for is there in any case. `descriptor`: where else than on standard output.
    func tell(_ summary: some CommandSummary, isJSON: Bool, logger: Logger, to descriptor: Int32 = 1) throws {
        if isJSON || !settings.isQuiet {
            try Console.report(isJSON ? summary.json : summary.text, isJSON: isJSON, to: descriptor)
        }
        if settings.isQuiet, let shortfall = summary.shortfall { logger.error("\(shortfall)") }
    }

    func reading() throws -> ReadingOptions {
        let delimiter = try settings.standing(.delimiter, expected: "one ASCII character, or tab") { text in
            text == "tab" ? CSVDelimiter.tab : text.utf8.count == 1 ? text.utf8.first.flatMap { CSVDelimiter($0) } : nil
        }
        let update = try settings.standing(.update, expected: "EMPTY_ONLY or ALWAYS") {
            AttributeUpdate(rawValue: $0)
        }
        let map = try settings.list(.map, expected: "COLUMN=NAME, where NAME is a column that pinglink knows") { text in
            ColumnPlan.Options.Mapping(argument: text).flatMap { ColumnPlan.isTarget($0.target) ? $0 : nil }
        }
        let ignored = try settings.list(.ignore, expected: "a column's name") { $0 }
        let takesProvidersMappings = try settings.isSet(.mappings)
        let mappingsFile = settings.text(.mappingsFile)
        if takesProvidersMappings, mappingsFile != nil {
            throw settings.failure(
                for: .mappingsFile,
                "the mappings are either these or, with --mappings, the identity provider's. Leave one out."
            )
        }
        return ReadingOptions(
            delimiter: delimiter,
            columns: ColumnPlan.Options(
                update: update,
                map: map,
                ignoring: ignored,
                acceptsProviderAttributes: takesProvidersMappings || mappingsFile != nil
            ),
            identityProvider: try uuid(.idp),
            userKey: try settings.value(.userKey, expected: "username, email or externalId") { UserKey(rawValue: $0) }
        )
    }

    /// What `--mappings` or `--mappings-file` asks for; nil where none is given, and for `--mappings` where nothing may
    /// be fetched.
    func mappings(
        fetch: (@Sendable (_ identityProvider: String) -> [AttributeMapping]?)?,
        warn: @escaping @Sendable (String) -> Void
    ) throws -> MappingBook? {
        if let path = settings.text(.mappingsFile) {
            let file = try MappingsFile(path: path)
            return MappingBook(.file(name: file.name, file.lines.map(\.mapping)), warn: warn)
        }
        guard try settings.isSet(.mappings), let fetch else { return nil }
        return MappingBook(.identityProviders(fetch: fetch), warn: warn)
    }

    func uuid(_ key: SettingKey) throws -> String? {
        try settings.value(key, expected: "a UUID, such as abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6") {
            UUIDText($0) == nil ? nil : $0
        }
    }

    func rate() throws -> RateSetting {
        let maximum = try settings.value(.maxRate, expected: "a number from 0.001 to 100000", SettingText.rate)
        let rate = try settings.standing(.rate, expected: "auto, or a number from 0.001 to 100000") {
            text -> RateSetting? in
            text == "auto" ? .auto(max: maximum) : SettingText.rate(text).map { .fixed($0) }
        }
        if case .fixed = rate, maximum != nil {
            throw settings.failure(for: .maxRate, "bounds --rate auto; with --rate N there is nothing to bound.")
        }
        return rate
    }

    func concurrency() throws -> Int {
        try settings.standing(.concurrency, expected: "1 to 250", SettingText.count(1...250))
    }

    func breaker() throws -> Breaker {
        try Breaker(
            settings.standing(.maxFailures, expected: "a number above 0, or a share such as 50%") {
                Breaker.Limit(argument: $0)
            }
        )
    }

    func progressStyle() throws -> ProgressReport.Style {
        let style = try settings.standing(.progress, expected: "auto, bar, log or none") {
            ProgressReport.Style(rawValue: $0)
        }
        return settings.isQuiet ? .none : style
    }

    func maxWait() throws -> Duration {
        try settings.standing(.maxWait, expected: "a time, such as 90s, 5m or 1h", SettingText.duration)
    }

    /// How PingOne is reached; checked as far as that is possible without a connection.
    ///
    /// `ledgerEnvironment`: the one to take when no setting names one.
    func connection(ledgerEnvironment: String? = nil) throws -> Connection {
        guard let environment = try uuid(.environment) ?? ledgerEnvironment else {
            throw CommandFailure.usage(
                "No environment: give --environment UUID, PINGONE_ENVIRONMENT_ID or environment: in the configuration "
                    + "file."
            )
        }
        let regions = Region.allCases.map(\.rawValue).joined(separator: ", ")
        let region = try settings.standing(.region, expected: "one of \(regions)") { Region(argument: $0) }
        let endpoints: Endpoints
        do throws(EndpointError) {
            endpoints = try Endpoints(
                region: region,
                apiURL: settings.text(.apiURL),
                authURL: settings.text(.authURL)
            )
        } catch {
            let key: SettingKey = error.flag == "--api-url" ? .apiURL : .authURL
            let what = String(error.description.dropFirst("\(error.flag): ".count))
            // Sending credentials in plain text is wrong usage wherever it was asked for.
            if case .plainHTTP = error, let origin = settings[key]?.origin {
                throw CommandFailure.usage("\(origin): \(what)")
            }
            throw settings.failure(for: key, what)
        }
        return Connection(
            endpoints: endpoints,
            environment: environment,
            authEnvironment: try uuid(.authEnvironment) ?? environment,
            credentials: try credentials(),
            timeout: try settings.standing(.timeout, expected: "seconds above 0", SettingText.duration),
            attempts: try settings.standing(.attempts, expected: "1 to 100", SettingText.count(1...100)),
            maxWait: try maxWait(),
            transport: try transport(endpoints: endpoints),
            whereabouts: Whereabouts(
                settings,
                endpoints: endpoints,
                region: region,
                environment: ProcessInfo.processInfo.environment
            )
        )
    }

    private func transport(endpoints: Endpoints) throws -> CurlConfiguration {
        var proxy = settings.text(.proxy)
        // A credential in plain text must not leave the machine through a proxy either. curl's variables are for
        // addresses elsewhere; for plain http:// to this machine only a proxy on this machine will do.
        if [endpoints.api, endpoints.auth].contains(where: { $0.lowercased().hasPrefix("http:") }) {
            if let named = proxy, !Self.isOnLoopback(named) {
                throw settings.failure(
                    for: .proxy,
                    "credentials for a plain http:// URL would go through it in clear text."
                )
            }
            proxy = proxy ?? ""
        }
        do throws(TransportConfigurationError) {
            return try CurlConfiguration(
                caFile: settings.text(.caFile),
                proxy: proxy,
                userAgent: "pinglink/\(version)"
            )
        } catch {
            throw settings.failure(for: .caFile, error.description)
        }
    }

    private static func isOnLoopback(_ proxy: String) -> Bool {
        let rest = proxy.split(separator: "://", maxSplits: 1).last ?? ""
        let withUser = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" && $0 != "\\" }
        let authority = withUser.lastIndex(of: "@").map { withUser[withUser.index(after: $0)...] } ?? withUser
        let host =
            authority.hasPrefix("[")
            ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        return Endpoints.isLoopback(host)
    }

    /// What pinglink signs on with: by precedence like every setting, and among equals a ready token comes first.
    var credential: SettingKey? {
        [SettingKey.accessTokenFile, .accessToken, .clientSecretFile, .clientSecret]
            .compactMap { key in settings[key].map { (key, $0.precedence) } }
            .min { $0.1 < $1.1 }?.0
    }

    private func credentials() throws -> Credentials {
        guard let key = credential, let value = settings.text(key) else {
            throw CommandFailure.usage(
                "No credentials: give PINGONE_CLIENT_ID and PINGONE_CLIENT_SECRET (or --client-id and "
                    + "--client-secret-file), or a ready token with PINGONE_ACCESS_TOKEN or --access-token-file."
            )
        }
        switch key {
        case .accessTokenFile: return .tokenFile(path: value)
        case .accessToken:
            let token = value.trimmingSpace()
            guard TokenVerdict.isToken(token) else { throw settings.failure(for: key, "does not hold one token.") }
            return .token(Secret(token))
        case .clientSecretFile: return try client(secret: try secret(inFile: value))
        default: return try client(secret: value)
        }
    }

    private func client(secret: String) throws -> Credentials {
        guard let clientID = settings.text(.clientID) else {
            throw CommandFailure.usage("No client id: give --client-id ID or PINGONE_CLIENT_ID.")
        }
        let method = try settings.standing(.authMethod, expected: "basic or post") {
            ClientCredentials.Method(rawValue: $0)
        }
        return .client(
            ClientCredentials(clientID: clientID, clientSecret: Secret(secret), method: method)
        )
    }

    private func secret(inFile path: String) throws -> String {
        guard let bytes = WholeFile.bytes(at: path), let text = String(validating: bytes, as: UTF8.self)
        else { throw settings.failure(for: .clientSecretFile, "\(path) cannot be read.") }
        let secret = text.trimmingSpace()
        guard !secret.isEmpty else { throw settings.failure(for: .clientSecretFile, "\(path) is empty.") }
        return secret
    }
}

extension EndpointError {
    fileprivate var flag: String {
        switch self {
        case .malformed(let flag), .plainHTTP(let flag): flag
        }
    }
}
