import JSON
import PingOneAPI
import PostgresLedger
import Reporting

/// Every setting with the value that holds and where that is from, for people and for programs; no secrets.
struct SettingsListing {
    /// One setting. `values` is empty and `source` nil where it has none.
    fileprivate struct Line {
        var key: SettingKey
        var values: [String] = []
        /// `flag`, `variable`, `profile`, `file`, `default`, or `implied` by other settings.
        var source: String?
        var place: String?
    }

    private static let width = 80

    private let settings: Settings
    private let lines: [Line]

    /// `environment`: for the proxies that libcurl takes from it.
    init(_ settings: Settings, environment: [String: String]) {
        self.settings = settings
        let implied = Self.implied(by: settings, environment)
        lines = SettingTable.keys.map { key in
            settings[key].map { Line(key, $0) } ?? implied.first { $0.key == key } ?? Line(key: key)
        }
    }

    /// Fits 80 columns.
    var text: String {
        let profile = settings.profile.map { ", profile \($0)" } ?? ""
        let file =
            settings.filePath.map { $0 + profile } ?? "none; looked for \(settings.places.joined(separator: ", "))"
        let head = [
            "configuration file: \(file)",
            "signs on with: \(settings.credential?.name ?? "nothing yet: give a client secret or a token")",
        ]
        let table = TextTable.text(lines.map { [$0.key.name, $0.shown, $0.place ?? ""] }, width: Self.width)
        return (head.flatMap { WrappedText.lines($0, width: Self.width) } + ["", table]).joined(separator: "\n")
    }

    /// One JSON object on one line; `settings` has a member for each setting, with null for what it does not have.
    var json: String {
        JSONValue.object([
            "configuration_file": JSONValue(settings.filePath),
            "profile": JSONValue(settings.profile),
            "looked_for": .array(settings.places.map { .string($0) }),
            "signs_on_with": JSONValue(settings.credential?.name),
            "settings": .object(
                lines.map { line in
                    let value = JSONValue.object([
                        "value": line.key.isRepeatable && line.source != nil
                            ? .array(line.values.map { .string($0) }) : JSONValue(line.values.first),
                        "source": JSONValue(line.source),
                        "place": JSONValue(line.place),
                    ])
                    return JSONValue.Member(name: line.key.name, value: value)
                }
            ),
        ]).text
    }

    /// What follows from other settings, from the input's name or from the variables of curl.
    private static func implied(by settings: Settings, _ environment: [String: String]) -> [Line] {
        var lines: [Line] = []
        func imply<Value>(_ row: KeyPath<SettingTable, Setting<Value>>, _ value: String?, _ place: String) {
            let key = SettingTable.rows[keyPath: row].key
            if let value { lines.append(Line(key: key, values: [value], source: "implied", place: place)) }
        }
        let region = try? settings.value(\.region)
        let endpoints = region.flatMap { try? Endpoints(region: $0) }
        imply(\.apiURL, endpoints?.api, "follows from region")
        imply(\.authURL, endpoints?.auth, "follows from region")
        // A custom domain belongs to one environment.
        let server = try? Endpoints(region: region ?? .northAmerica, authURL: settings.text(\.authURL))
        let tokens = settings.text(\.environment).flatMap { server?.token(inEnvironment: $0) }
        imply(\.authEnvironment, tokens?.environment, "follows from environment")
        let paths = InputPaths(input: "FILE", ledger: settings.text(\.ledger))
        imply(\.ledger, paths.ledger, "follows from the input")
        imply(\.rejects, paths.rejects, "follows from the input")
        imply(\.retryFile, paths.retry, "follows from the input")
        let proxies = ["https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"]
            .filter { environment[$0]?.isEmpty == false }
        imply(\.proxy, proxies.isEmpty ? nil : "as curl reads it", proxies.joined(separator: ", "))
        return lines
    }
}

extension SettingsListing.Line {
    fileprivate init(_ key: SettingKey, _ entry: Settings.Entry) {
        self.key = key
        values = entry.values.map(key.masked)
        switch entry.origin {
        case .flag: source = "flag"
        case .variable: source = "variable"
        case .file(_, _, let profile, _): source = profile == nil ? "file" : "profile"
        case .standard: source = "default"
        }
        place = entry.origin.place
    }

    fileprivate var shown: String {
        guard source != nil else { return "-" }
        return values.map { $0.isEmpty ? "\"\"" : $0 }.joined(separator: ", ")
    }
}

extension SettingKey {
    /// A value as it may be shown: hides secrets, and the user name and password of a URL.
    func masked(_ text: String) -> String {
        switch appearance {
        case .plain: return text
        case .secret, .command: return "set"
        case .ledger:
            guard !LedgerArgument.isNoPath(text) else { return "••••" }
            guard LedgerArgument.isDatabase(text) else { return text }
            return (try? PostgresAddress(text))?.name ?? "••••"
        case .url:
            guard let end = text.lastIndex(of: "@") else { return text }
            let scheme = text.firstRange(of: "://").map { text[..<$0.upperBound] } ?? ""
            return "\(scheme)••••\(text[end...])"
        }
    }
}

extension Settings.Origin {
    fileprivate var place: String {
        switch self {
        case .flag, .variable, .standard: description
        case .file(let path, let line, let profile, _):
            "\(path): line \(line)\(profile.map { ", profile \($0)" } ?? "")"
        }
    }
}
