/// What a setting is called, and what is said of it.
struct SettingKey: Sendable {
    /// How its value is shown.
    enum Appearance: Sendable {
        case plain
        /// To nobody.
        case secret
        /// Only that there is one: secrets may stand in it.
        case command
        /// Without the user name and password that may be in it.
        case url
        case ledger
    }

    /// Which command has its flag too, of those that a run proposes to go on with.
    enum Continuation: Sendable {
        /// Each.
        case always
        /// The one over the same input: another one may not use the same files.
        case sameInput
        /// None: it belongs to the one run, or to how that is watched.
        case never
    }

    /// Of its flag, and its key in the configuration file; a secret has neither.
    let name: String
    /// The environment variables with the same meaning: ours, then what Ping's newer tools call it.
    let variables: [String]
    /// What holds when nobody gives it, as it would stand in a file; nil where nothing does, or what follows from other
    /// settings.
    let standard: String?
    let appearance: Appearance
    let continuation: Continuation
    /// What it means, for people, without its variable.
    private let explanation: String
    /// What stands for its value in the help.
    let valueName: String
    /// Whether it may be given more than once.
    private(set) var isRepeatable = false

    /// `help`: `{default}` stands for the default. The variable is said behind it.
    init(
        _ name: String,
        _ variables: String...,
        default standard: String? = nil,
        shown appearance: Appearance = .plain,
        goesOn continuation: Continuation = .always,
        value valueName: String,
        help: String
    ) {
        self.name = name
        self.variables = variables
        self.standard = standard
        self.appearance = appearance
        self.continuation = continuation
        self.valueName = valueName
        // Once, not each time that the parser makes a command's options, which is often.
        explanation = standard.map { help.replacing("{default}", with: $0) } ?? help
    }

    /// A flag without a value, or true or false in the configuration file.
    init(switch name: String, goesOn continuation: Continuation = .always, help: String) {
        self.init(name, default: "false", goesOn: continuation, value: "", help: help)
    }

    /// What only variables hold.
    init(secret name: String, _ variables: String...) {
        self.name = name
        self.variables = variables
        standard = nil
        appearance = .secret
        continuation = .never
        valueName = ""
        explanation = ""
    }

    var isSecret: Bool { appearance == .secret }

    /// Whether its flag has no value.
    var isSwitch: Bool { standard == "false" }

    var repeatable: SettingKey {
        var key = self
        key.isRepeatable = true
        return key
    }

    /// For people. `explanation`: what a command says that means it in a narrower sense.
    func help(_ explanation: String? = nil) -> String {
        (explanation ?? self.explanation) + (variables.first.map { " [\($0)]" } ?? "")
    }
}

extension SettingKey: Hashable {
    static func == (one: SettingKey, other: SettingKey) -> Bool { one.name == other.name }

    func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
