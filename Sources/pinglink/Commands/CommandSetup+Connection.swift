import FoundationEssentials
import HTTPTransport
import LinkImport
import Machine
import PingOneAPI
import Version

extension CommandSetup {
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
        let region = try region()
        let endpoints = try endpoints(in: region)
        return Connection(
            endpoints: endpoints,
            environment: environment,
            authEnvironment: try uuid(.authEnvironment) ?? environment,
            credentials: try credentials(),
            timeout: try timeout(),
            attempts: try attempts(),
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

    func region() throws -> Region {
        let regions = Region.allCases.map(\.rawValue).joined(separator: ", ")
        return try settings.standing(.region, expected: "one of \(regions)") { Region(argument: $0) }
    }

    func endpoints(in region: Region) throws -> Endpoints {
        do throws(EndpointError) {
            return try Endpoints(region: region, apiURL: settings.text(.apiURL), authURL: settings.text(.authURL))
        } catch {
            let key: SettingKey = error.flag == "--api-url" ? .apiURL : .authURL
            let what = String(error.description.dropFirst("\(error.flag): ".count))
            // Sending credentials in plain text is wrong usage wherever it was asked for.
            if case .plainHTTP = error, let origin = settings[key]?.origin {
                throw CommandFailure.usage("\(origin): \(what)")
            }
            throw settings.failure(for: key, what)
        }
    }

    func transport(endpoints: Endpoints) throws -> CurlConfiguration {
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
        [SettingKey.accessTokenFile, .accessTokenCommand, .accessToken, .clientSecretFile, .clientSecret]
            .compactMap { key in settings[key].map { (key, $0.precedence) } }
            .min { $0.1 < $1.1 }?.0
    }

    private func credentials() throws -> Credentials {
        guard let key = credential, let value = settings.text(key) else {
            throw CommandFailure.usage(
                "No credentials: give PINGONE_CLIENT_ID and PINGONE_CLIENT_SECRET (or --client-id and "
                    + "--client-secret-file), or a ready token with PINGONE_ACCESS_TOKEN, --access-token-file or "
                    + "--access-token-command."
            )
        }
        switch key {
        case .accessTokenFile:
            // A pipe gives its token only once, and that to the run.
            if FileKind(of: value) == .regular { try checkText(ofFile: value, for: key) }
            return .tokenFile(path: value)
        case .accessTokenCommand:
            return .tokenCommand(
                TokenCommand(
                    ShellCommand(value, hidingVariables: SettingKey.secretVariables),
                    passing: Console.shared.pass
                )
            )
        case .accessToken:
            guard TokenVerdict.isToken(value) else { throw settings.failure(for: key, "does not hold one token.") }
            return .token(Secret(value))
        case .clientSecretFile: return try client(secret: try secret(inFile: value))
        default: return try client(secret: value)
        }
    }

    private func client(secret: String) throws -> Credentials {
        guard let clientID = settings.text(.clientID) else {
            throw CommandFailure.usage("No client id: give --client-id ID or PINGONE_CLIENT_ID.")
        }
        return .client(
            ClientCredentials(clientID: clientID, clientSecret: Secret(secret), method: try authMethod())
        )
    }

    func authMethod() throws -> ClientCredentials.Method {
        try settings.standing(.authMethod, expected: "basic or post") { ClientCredentials.Method(rawValue: $0) }
    }

    private func secret(inFile path: String) throws -> String {
        guard let secret = try checkText(ofFile: path, for: .clientSecretFile) else {
            throw settings.failure(for: .clientSecretFile, "\(path) cannot be read.")
        }
        guard !secret.isEmpty else { throw settings.failure(for: .clientSecretFile, "\(path) is empty.") }
        return secret
    }

    /// What a file with one value holds, without white space and byte order marks around it; nil where it cannot be read.
    ///
    /// - Throws: a failure that names the file where that can be no value.
    @discardableResult
    private func checkText(ofFile path: String, for key: SettingKey) throws -> String? {
        guard let bytes = WholeFile.bytes(at: path) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self)?.trimmingSpace() else {
            throw settings.failure(for: key, "\(path) is not UTF-8 text. Write the value into it anew.")
        }
        guard !text.hasControlCharacter else {
            throw CommandFailure.usage(
                "\(settings[key]?.origin ?? .flag(key)): \(path): a control character is in it, such as a line break. "
                    + "Leave one value in it."
            )
        }
        return text
    }
}

extension EndpointError {
    fileprivate var flag: String {
        switch self {
        case .malformed(let flag), .plainHTTP(let flag): flag
        }
    }
}
