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
            timeout: try requestTimeout(),
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
}

extension EndpointError {
    fileprivate var flag: String {
        switch self {
        case .malformed(let flag), .plainHTTP(let flag): flag
        }
    }
}
