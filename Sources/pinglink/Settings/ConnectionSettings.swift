import HTTPTransport
import PingOneAPI
import Version

/// How PingOne is reached, checked as far as that is possible without a connection. Nothing secret is read yet, and what is
/// missing is not missed.
struct ConnectionSettings {
    let environment: String?
    let authEnvironment: String?
    let region: Region
    let endpoints: Endpoints
    /// Of one request.
    let timeout: Duration
    let attempts: Int
    let maxWait: Duration
    let transport: CurlConfiguration
    let authMethod: ClientCredentials.Method
    let keyID: String?
    let settings: Settings

    init(_ settings: Settings) throws {
        self.settings = settings
        environment = try settings.value(\.environment)
        region = try settings.value(\.region)
        endpoints = try Self.endpoints(settings, in: region)
        authEnvironment = try settings.value(\.authEnvironment)
        authMethod = try settings.value(\.authMethod)
        if authMethod != .privateKeyJWT {
            try Self.checkUnused(\.privateKeyFile, settings)
            try Self.checkUnused(\.keyID, settings)
        }
        keyID = try settings.value(\.keyID)
        timeout = try settings.value(\.timeout)
        attempts = try settings.value(\.attempts)
        maxWait = try settings.value(\.maxWait)
        transport = try Self.transport(settings, endpoints)
    }

    /// - Throws: a failure where a key is given on the command line and not used.
    private static func checkUnused(_ row: KeyPath<SettingTable, Setting<String?>>, _ settings: Settings) throws {
        guard settings.isFlag(row) else { return }
        throw settings.failure(for: row, "is for --auth-method private-key-jwt. Give that too, or leave this out.")
    }

    private static func endpoints(_ settings: Settings, in region: Region) throws -> Endpoints {
        do throws(EndpointError) {
            return try Endpoints(region: region, apiURL: settings.text(\.apiURL), authURL: settings.text(\.authURL))
        } catch {
            let row = error.flag == "--api-url" ? \SettingTable.apiURL : \.authURL
            let what = String(error.description.dropFirst("\(error.flag): ".count))
            // Sending credentials in plain text is wrong usage wherever it was asked for.
            if case .plainHTTP = error, let origin = settings[row]?.origin {
                throw CommandFailure.usage("\(origin): \(what)")
            }
            throw settings.failure(for: row, what)
        }
    }

    private static func transport(_ settings: Settings, _ endpoints: Endpoints) throws -> CurlConfiguration {
        var proxy = settings.text(\.proxy)
        // A credential in plain text must not leave the machine through a proxy either. curl's variables are for
        // addresses elsewhere; for plain http:// to this machine only a proxy on this machine will do.
        if [endpoints.api, endpoints.auth].contains(where: { $0.lowercased().hasPrefix("http:") }) {
            if let named = proxy, !isOnLoopback(named) {
                throw settings.failure(
                    for: \.proxy,
                    "credentials for a plain http:// URL would go through it in clear text. Leave it out, or use https:// URLs."
                )
            }
            proxy = proxy ?? ""
        }
        let caFile = try settings.value(\.caFile)
        do throws(TransportConfigurationError) {
            return try CurlConfiguration(
                caFile: caFile,
                proxy: proxy,
                userAgent: "pinglink/\(version)"
            )
        } catch {
            throw settings.failure(for: \.caFile, error.description)
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
}

extension EndpointError {
    fileprivate var flag: String {
        switch self {
        case .malformed(let flag), .plainHTTP(let flag): flag
        }
    }
}
