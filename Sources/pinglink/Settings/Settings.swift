import FoundationEssentials
import PingOneClient

/// Every setting and where it came from: flag, then environment variable, then configuration file, there the profile
/// first, then default.
struct Settings: Sendable {
    enum Origin: Sendable, Equatable, CustomStringConvertible {
        case flag(SettingKey)
        case variable(String)
        /// `profile`: nil for what stands at the top of the file.
        case file(path: String, line: Int, profile: String?, SettingKey)
        case standard

        /// Its place in the order of precedence, 0 for the highest.
        var precedence: Int {
            switch self {
            case .flag: 0
            case .variable: 1
            case .file(_, _, let profile, _): profile == nil ? 3 : 2
            case .standard: 4
            }
        }

        var description: String {
            switch self {
            case .flag(let key): "--\(key.name)"
            case .variable(let name): name
            case .file(let path, let line, _, let key): "\(path): line \(line): \(key.name)"
            case .standard: "default"
            }
        }
    }

    /// What was given for a setting, as it was written.
    struct Entry: Sendable {
        var values: [String]
        var origin: Origin
    }

    /// The configuration file that was read; nil when there is none.
    let filePath: String?
    /// Where a configuration file was looked for, one place after the other.
    let places: [String]
    /// The path that `--config` has given.
    let configPath: String?
    let profile: String?
    private let entries: [SettingKey: Entry]

    /// - Throws: a `CommandFailure` where the configuration file is wrong or missing, or a variable holds what can be no
    ///   value.
    init(
        _ options: some SettingOptions,
        config: ConfigOptions,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        configPath = config.config
        profile = config.profile
        places = config.config.map { [$0] } ?? ConfigurationFile.places(environment)
        filePath = config.config ?? places.first { FileManager.default.fileExists(atPath: $0) }
        if filePath == nil, config.profile != nil {
            throw CommandFailure.configuration(
                "--profile needs a configuration file: ./pinglink.yaml or --config FILE."
            )
        }
        let file = try filePath.map { try ConfigurationFile(path: $0, profile: config.profile) }
        entries = try Self.entries(options, environment, SettingTable.keys, file)
    }

    /// Those of a command that reads no configuration file: flags and the variables of some settings only.
    init(_ options: some SettingOptions, variablesOf keys: [SettingKey]) throws {
        configPath = nil
        profile = nil
        places = []
        filePath = nil
        entries = try Self.entries(options, ProcessInfo.processInfo.environment, keys, nil)
    }

    private static func entries(
        _ options: some SettingOptions,
        _ environment: [String: String],
        _ keysOfVariables: [SettingKey],
        _ file: ConfigurationFile?
    ) throws -> [SettingKey: Entry] {
        let flags = options.given
        let variables = variables(of: keysOfVariables, in: environment)
        var entries: [SettingKey: Entry] = [:]
        for key in SettingTable.keys {
            entries[key] =
                flags[key].map { Entry(values: $0, origin: .flag(key)) }
                ?? variables[key] ?? file?.profile[key] ?? file?.common[key]
                ?? key.standard.map { Entry(values: [$0], origin: .standard) }
            if let entry = entries[key], case .variable(let name) = entry.origin,
                entry.values.contains(where: \.hasControlCharacter)
            {
                throw CommandFailure.usage(
                    "\(name): a control character is in it, such as a line break. Give one value."
                )
            }
        }
        return entries
    }

    /// What each setting's variable holds, without what a file or a secret store has left around it; of two that mean
    /// the same, the first.
    private static func variables(of keys: [SettingKey], in environment: [String: String]) -> [SettingKey: Entry] {
        var found: [SettingKey: Entry] = [:]
        for key in keys {
            for name in key.variables.reversed() {
                let value = environment[name]?.trimmingSpace() ?? ""
                if !value.isEmpty { found[key] = Entry(values: [value], origin: .variable(name)) }
            }
        }
        return found
    }

    /// What holds for a setting; nil where nobody gives it and it has no default.
    subscript(key: SettingKey) -> Entry? { entries[key] }

    subscript<Value>(row: KeyPath<SettingTable, Setting<Value>>) -> Entry? { self[SettingTable.rows[keyPath: row].key] }

    /// The first text that was given.
    func text<Value>(_ row: KeyPath<SettingTable, Setting<Value>>) -> String? { self[row]?.values.first }

    /// What a setting comes to.
    ///
    /// - Throws: a failure that names the place, never the value: it could be a secret in the wrong place.
    func value<Value>(_ row: KeyPath<SettingTable, Setting<Value>>) throws -> Value {
        let setting = SettingTable.rows[keyPath: row]
        let entry = self[setting.key]
        if let value = setting.meaning(entry?.values ?? []) { return value }
        guard let entry else { preconditionFailure("\(setting.key.name) has no default") }
        throw failure(entry.origin, "expected \(setting.expected).")
    }

    func isFlag<Value>(_ row: KeyPath<SettingTable, Setting<Value>>) -> Bool {
        if case .flag = self[row]?.origin { true } else { false }
    }

    /// About a setting, where it was given.
    func failure<Value>(for row: KeyPath<SettingTable, Setting<Value>>, _ what: String) -> CommandFailure {
        failure(origin(of: row), what)
    }

    /// Where a setting was given, or would have to be.
    func origin<Value>(of row: KeyPath<SettingTable, Setting<Value>>) -> Origin {
        self[row]?.origin ?? .flag(SettingTable.rows[keyPath: row].key)
    }

    /// A wrong value in the file is a matter of the configuration, elsewhere of usage.
    private func failure(_ origin: Origin, _ what: String) -> CommandFailure {
        if case .file = origin { return .configuration("\(origin): \(what)") }
        return .usage("\(origin): \(what)")
    }
}
