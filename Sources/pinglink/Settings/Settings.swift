import FoundationEssentials

/// Every setting and where it came from: flag, then environment variable, then configuration file.
struct Settings: Sendable {
    enum Origin: Sendable, Equatable, CustomStringConvertible {
        case flag(SettingKey)
        case variable(String)
        case file(path: String, line: Int, SettingKey)

        var description: String {
            switch self {
            case .flag(let key): "--\(key.rawValue)"
            case .variable(let name): name
            case .file(let path, let line, let key): "\(path): line \(line): \(key.rawValue)"
            }
        }
    }

    private let flags: [SettingKey: [String]]
    private let environment: [String: String]
    private let file: ConfigurationFile?

    init(flags: [SettingKey: [String]], config: ConfigOptions, environment: [String: String]) throws {
        self.flags = flags
        self.environment = environment
        let path = ConfigurationFile.find(named: config.config, environment: environment)
        if path == nil, config.profile != nil {
            throw CommandFailure.configuration(
                "--profile needs a configuration file: ./pinglink.yaml or --config FILE."
            )
        }
        file = try path.map { try ConfigurationFile(path: $0, profile: config.profile) }
    }

    /// The values with the highest precedence, and where they are from; nil where nobody gives one.
    func values(_ key: SettingKey) -> (values: [String], origin: Origin)? {
        if let values = flags[key], !values.isEmpty { return (values, .flag(key)) }
        if let name = key.variable, let value = environment[name], !value.isEmpty { return ([value], .variable(name)) }
        if let file, let entry = file[key] { return (entry.values, .file(path: file.path, line: entry.line, key)) }
        return nil
    }

    func text(_ key: SettingKey) -> String? { values(key)?.values.first }

    /// `expected`: what the value has to be, for the message.
    /// - Throws: a failure that names the place, never the value: it could be a secret in the wrong place.
    func value<Value>(_ key: SettingKey, expected: String, _ convert: (String) -> Value?) throws -> Value? {
        guard let (values, origin) = values(key), let text = values.first else { return nil }
        guard let value = convert(text) else { throw failure(origin, "expected \(expected).") }
        return value
    }

    /// As ``value(_:expected:_:)``, for settings that may be given more than once.
    func list<Value>(_ key: SettingKey, expected: String, _ convert: (String) -> Value?) throws -> [Value] {
        guard let (values, origin) = values(key) else { return [] }
        return try values.map { text in
            guard let value = convert(text) else { throw failure(origin, "expected \(expected).") }
            return value
        }
    }

    func isSet(_ key: SettingKey) throws -> Bool {
        try value(key, expected: "true or false") { ["true": true, "yes": true, "false": false, "no": false][$0] }
            ?? false
    }

    /// A wrong value in the file is a matter of the configuration, elsewhere of usage.
    func failure(_ origin: Origin, _ what: String) -> CommandFailure {
        if case .file = origin { return .configuration("\(origin): \(what)") }
        return .usage("\(origin): \(what)")
    }

    func failure(for key: SettingKey, _ what: String) -> CommandFailure {
        failure(values(key)?.origin ?? .flag(key), what)
    }

    func secret(inVariable name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
