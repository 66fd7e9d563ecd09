import FoundationEssentials
import LinkImport
import PingOneAPI

/// Where pinglink looks for PingOne and which settings say so, for the messages of a connection that fails.
struct Whereabouts: Sendable, Equatable {
    private let text: String

    init(_ settings: Settings, endpoints: Endpoints, region: Region, environment: [String: String]) {
        func origin(_ key: SettingKey) -> String? {
            guard let origin = settings[key]?.origin else { return nil }
            if case .standard = origin { return nil }
            return origin.description
        }
        let ofRegion = "region \(region.rawValue), \(origin(.region) ?? "the default; --region names another")"
        let auth = origin(.authURL) ?? ofRegion
        let api = origin(.apiURL) ?? ofRegion
        var text =
            auth == api
            ? "\(endpoints.auth) and \(endpoints.api) (\(auth))"
            : "\(endpoints.auth) (\(auth)) and \(endpoints.api) (\(api))"
        let variable = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
            .first { environment[$0]?.isEmpty == false }
        // For plain http://, which is for this machine only, the variables do not count.
        let mayUseVariable = [endpoints.auth, endpoints.api].contains { $0.lowercased().hasPrefix("https:") }
        if let proxy = origin(.proxy) ?? (mayUseVariable ? variable : nil) { text += ", through a proxy (\(proxy))" }
        self.text = text
    }

    /// The message of a stop; where it has to do with the connection, with what was asked, where and as of when.
    func message(for stop: RunStop, now: Date = Date()) -> String {
        switch stop {
        case .unreachable, .credentialsRefused, .unauthorized, .unknownEnvironment: "\(stop.message)\nAsked: \(text)."
        case .certificate:
            "\(stop.message)\nAsked: \(text). Certificates are judged by this machine's clock, which says "
                + "\(now.formatted(.iso8601))."
        default: stop.message
        }
    }
}
