import FoundationEssentials
import PingOneAPI
import PingOneClient

/// Where pinglink looks for PingOne and which settings say so, for the messages of a connection that fails.
struct Whereabouts: Sendable, Equatable {
    private let text: String
    /// Which environment a variable means that other tools read too; empty where a flag or the file names it.
    private let meaning: String

    /// `environment`: that of the process, with the proxies that libcurl takes from it.
    init(_ connection: ConnectionSettings, environment: [String: String]) {
        let settings = connection.settings
        let endpoints = connection.endpoints
        func origin<Value>(_ row: KeyPath<SettingTable, Setting<Value>>) -> String? {
            guard let origin = settings[row]?.origin else { return nil }
            if case .standard = origin { return nil }
            return origin.description
        }
        let region = connection.region.rawValue
        let ofRegion = "region \(region), \(origin(\.region) ?? "the default; --region names another")"
        let auth = origin(\.authURL) ?? ofRegion
        let api = origin(\.apiURL) ?? ofRegion
        var text =
            auth == api
            ? "\(endpoints.auth) and \(endpoints.api) (\(auth))"
            : "\(endpoints.auth) (\(auth)) and \(endpoints.api) (\(api))"
        let variable = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
            .first { environment[$0]?.isEmpty == false }
        // For plain http://, which is for this machine only, the variables do not count.
        let mayUseVariable = [endpoints.auth, endpoints.api].contains { $0.lowercased().hasPrefix("https:") }
        if let proxy = origin(\.proxy) ?? (mayUseVariable ? variable : nil) { text += ", through a proxy (\(proxy))" }
        self.text = text
        let isVariable = settings[\.environment].map { $0.origin == .variable("PINGONE_ENVIRONMENT_ID") } ?? false
        meaning =
            isVariable
            ? "\nPINGONE_ENVIRONMENT_ID names the environment of the users. Ping's own tools call the worker application's "
                + "that: for pinglink it stands in PINGONE_AUTH_ENVIRONMENT_ID." : ""
    }

    /// The message of a stop; where it has to do with the connection, with what was asked, where and as of when.
    func message(for stop: RunStop, now: Date = Date()) -> String {
        let doubts = stop.doubts
        return stop.message + (doubts.contains(.environment) ? meaning : "")
            + (doubts.contains(.address) ? "\nAsked: \(text)." : "")
            + (doubts.contains(.clock)
                ? " Certificates are judged by this machine's clock, which says \(now.formatted(.iso8601))." : "")
    }
}
