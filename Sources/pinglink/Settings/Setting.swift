import ArgumentParser

/// A setting as the table has it: all that is known of it before anybody gives it.
struct Setting<Value: Sendable>: Sendable {
    /// What a shell proposes behind the flag.
    enum Completion: Sendable {
        case nothing
        case file
        case words([String])
    }

    let key: SettingKey
    /// What a value has to be, for the message about another one.
    let expected: String
    let completion: Completion
    /// What the texts mean that were given, none where nobody has given one; nil where they are not what is expected.
    let meaning: @Sendable (_ texts: [String]) -> Value?

    /// One that has a default.
    init(
        _ key: SettingKey,
        expected: String,
        completion: Completion = .nothing,
        _ convert: @escaping @Sendable (String) -> Value?
    ) {
        self.key = key
        self.expected = expected
        self.completion = completion
        meaning = { $0.first.flatMap(convert) }
    }

    /// One that is nil where nobody gives it.
    init<Given>(
        optional key: SettingKey,
        expected: String,
        completion: Completion = .nothing,
        _ convert: @escaping @Sendable (String) -> Given?
    ) where Value == Given? {
        self.key = key
        self.expected = expected
        self.completion = completion
        meaning = { texts in
            guard let text = texts.first else { return .some(nil) }
            return convert(text).map { .some($0) }
        }
    }

    /// One that may be given more than once.
    init<Element>(
        list key: SettingKey,
        expected: String,
        completion: Completion = .nothing,
        _ convert: @escaping @Sendable (String) -> Element?
    ) where Value == [Element] {
        self.key = key.repeatable
        self.expected = expected
        self.completion = completion
        meaning = { texts in
            let values = texts.compactMap(convert)
            return values.count == texts.count ? values : nil
        }
    }
}

extension Setting where Value == String? {
    /// Any text.
    init(text key: SettingKey, completion: Completion = .nothing) {
        self.init(optional: key, expected: "a text", completion: completion) { $0 }
    }

    /// A file.
    init(path key: SettingKey) {
        self.init(optional: key, expected: "the path of a file", completion: .file) { $0.isEmpty ? nil : $0 }
    }

    init(uuid key: SettingKey) {
        self.init(
            optional: key,
            expected: "a UUID, such as abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
            SettingText.uuid
        )
    }
}

extension Setting where Value == Bool {
    /// Off unless somebody gives it; takes the words that YAML takes for booleans.
    init(switch key: SettingKey) {
        self.init(key, expected: "true or false") { text in
            ["true": true, "yes": true, "on": true, "false": false, "no": false, "off": false][text.lowercased()]
        }
    }
}

/// A word of several.
typealias SettingChoice = RawRepresentable<String> & CaseIterable & Sendable

extension Setting where Value: SettingChoice {
    init(choice key: SettingKey) {
        self.init(key, expected: Value.expected, completion: .words(Value.words)) { Value(rawValue: $0) }
    }
}

extension Setting {
    init<Choice: SettingChoice>(optionalChoice key: SettingKey) where Value == Choice? {
        self.init(optional: key, expected: Choice.expected, completion: .words(Choice.words)) { Choice(rawValue: $0) }
    }

    init<Choice: SettingChoice>(choices key: SettingKey) where Value == [Choice] {
        self.init(list: key, expected: Choice.expected, completion: .words(Choice.words)) { Choice(rawValue: $0) }
    }
}

extension RawRepresentable where Self: CaseIterable, RawValue == String {
    fileprivate static var words: [String] { allCases.map(\.rawValue) }

    /// `a, b or c`.
    fileprivate static var expected: String {
        words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }
}
