import Configuration
import FoundationEssentials
import LinkImport
import Synchronization

/// Every setting and where it came from: flag, then environment variable, then configuration file, there the profile
/// first, then default.
struct Settings: Sendable {
    enum Origin: Sendable, Equatable, CustomStringConvertible {
        case flag(SettingKey)
        case variable(String)
        /// `profile`: nil for what stands at the top of the file.
        case file(path: String, line: Int, profile: String?, SettingKey)
        case standard

        var description: String {
            switch self {
            case .flag(let key): "--\(key.rawValue)"
            case .variable(let name): name
            case .file(let path, let line, _, let key): "\(path): line \(line): \(key.rawValue)"
            case .standard: "default"
            }
        }
    }

    struct Setting: Sendable {
        var values: [String]
        var origin: Origin
        /// Where the origin stands in the order of precedence, 0 for the highest.
        var precedence: Int
    }

    /// The configuration file that was read; nil when there is none.
    let filePath: String?
    /// Where a configuration file was looked for, one place after the other.
    let places: [String]
    private let settings: [SettingKey: Setting]

    init(flags: [SettingKey: [String]], config: ConfigOptions, environment: [String: String]) throws {
        places = config.config.map { [$0] } ?? ConfigurationFile.places(environment)
        filePath = config.config ?? places.first { FileManager.default.fileExists(atPath: $0) }
        if filePath == nil, config.profile != nil {
            throw CommandFailure.configuration(
                "--profile needs a configuration file: ./pinglink.yaml or --config FILE."
            )
        }
        let file = try filePath.map { try ConfigurationFile(path: $0, profile: config.profile) }
        let variables = Self.variables(in: environment)
        let answering = AnsweringProvider()
        let reader = ConfigReader(
            providers: [
                InMemoryProvider(flags.filter { !$0.value.isEmpty }),
                InMemoryProvider(variables.mapValues { [$0.value] }),
                InMemoryProvider(file?.profile.mapValues(\.values) ?? [:]),
                InMemoryProvider(file?.common.mapValues(\.values) ?? [:]),
                InMemoryProvider(SettingKey.standards),
            ],
            accessReporter: answering
        )
        var settings: [SettingKey: Setting] = [:]
        for key in SettingKey.allCases {
            guard let values = reader.texts(key) else { continue }
            let position = answering.position
            let origins = [
                .flag(key), variables[key].map { .variable($0.name) }, file?.profile[key]?.origin,
                file?.common[key]?.origin,
                .standard,
            ]
            guard let origin = origins[position] else { preconditionFailure("\(key.rawValue): found nowhere") }
            if case .variable(let name) = origin, values.contains(where: \.hasControlCharacter) {
                throw CommandFailure.usage(
                    "\(name): a control character is in it, such as a line break. Give one value."
                )
            }
            settings[key] = Setting(values: values, origin: origin, precedence: position)
        }
        self.settings = settings
    }

    /// What each setting's variable holds, without what a file or a secret store has left around it; of two that mean
    /// the same, the first.
    private static func variables(in environment: [String: String]) -> [SettingKey: (name: String, value: String)] {
        var found: [SettingKey: (name: String, value: String)] = [:]
        for key in SettingKey.allCases {
            for name in key.variables.reversed() {
                let value = environment[name]?.trimmingSpace() ?? ""
                if !value.isEmpty { found[key] = (name, value) }
            }
        }
        return found
    }

    /// What holds for a setting; nil where nobody gives it and it has no default.
    subscript(key: SettingKey) -> Setting? { settings[key] }

    func text(_ key: SettingKey) -> String? { self[key]?.values.first }

    /// `expected`: what the value has to be, for the message.
    /// - Throws: a failure that names the place, never the value: it could be a secret in the wrong place.
    func value<Value>(_ key: SettingKey, expected: String, _ convert: (String) -> Value?) throws -> Value? {
        guard let setting = self[key], let text = setting.values.first else { return nil }
        guard let value = convert(text) else { throw failure(setting.origin, "expected \(expected).") }
        return value
    }

    /// As ``value(_:expected:_:)``, for settings that have a default.
    func standing<Value>(_ key: SettingKey, expected: String, _ convert: (String) -> Value?) throws -> Value {
        guard let value = try value(key, expected: expected, convert) else {
            preconditionFailure("\(key.rawValue) has no default")
        }
        return value
    }

    /// As ``value(_:expected:_:)``, for settings that may be given more than once.
    func list<Value>(_ key: SettingKey, expected: String, _ convert: (String) -> Value?) throws -> [Value] {
        guard let setting = self[key] else { return [] }
        return try setting.values.map { text in
            guard let value = convert(text) else { throw failure(setting.origin, "expected \(expected).") }
            return value
        }
    }

    /// Takes the words that YAML takes for booleans.
    func isSet(_ key: SettingKey) throws -> Bool {
        let words = ["true": true, "yes": true, "on": true, "false": false, "no": false, "off": false]
        return try standing(key, expected: "true or false") { words[$0.lowercased()] }
    }

    /// A wrong value in the file is a matter of the configuration, elsewhere of usage.
    func failure(_ origin: Origin, _ what: String) -> CommandFailure {
        if case .file = origin { return .configuration("\(origin): \(what)") }
        return .usage("\(origin): \(what)")
    }

    func failure(for key: SettingKey, _ what: String) -> CommandFailure {
        failure(self[key]?.origin ?? .flag(key), what)
    }
}

/// Notes which of the reader's providers has answered last. They are asked in their order, no further than to the first
/// that has a value.
private final class AnsweringProvider: AccessReporter {
    private let asked = Mutex(0)

    var position: Int { asked.withLock { $0 - 1 } }

    func report(_ event: AccessEvent) {
        asked.withLock { $0 = event.providerResults.count }
    }
}

extension ConfigReader {
    /// Every value is read as the text it is, since the reader takes a text that is no number for no value at all; and
    /// as a secret, so that none stands in the file that `CONFIG_ACCESS_LOG_FILE` names.
    fileprivate func texts(_ key: SettingKey) -> [String]? {
        let name = ConfigKey([key.rawValue])
        return key.isRepeatable
            ? stringArray(forKey: name, isSecret: true) : string(forKey: name, isSecret: true).map { [$0] }
    }
}

extension InMemoryProvider {
    fileprivate init(_ values: [SettingKey: [String]]) {
        let pairs = values.map { key, values in
            let content = key.isRepeatable ? ConfigContent.stringArray(values) : .string(values[0])
            return (AbsoluteConfigKey([key.rawValue]), ConfigValue(content, isSecret: true))
        }
        self.init(values: Dictionary(uniqueKeysWithValues: pairs))
    }
}

extension SettingKey {
    fileprivate static var standards: [SettingKey: [String]] {
        Dictionary(uniqueKeysWithValues: allCases.compactMap { key in key.standard.map { (key, [$0]) } })
    }
}
