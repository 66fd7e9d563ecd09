import ArgumentParser

/// Options that give settings: each property is called as the setting's row in ``SettingTable``, which says all else.
/// Properties that are called otherwise, and groups of other kinds, give none.
protocol SettingOptions: ParsableArguments {}

extension SettingOptions {
    /// What was given on the command line, here and in the groups that are part of it.
    var given: [SettingKey: [String]] {
        var given: [SettingKey: [String]] = [:]
        for child in Mirror(reflecting: self).children {
            if let group = child.value as? any GivenGroup {
                given.merge(group.given) { $1 }
            } else if let texts = (child.value as? any GivenProperty)?.texts, !texts.isEmpty,
                // The stored property behind `@Option var rate` is `_rate`.
                let key = child.label.flatMap({ SettingTable.key(ofProperty: $0.dropFirst()) })
            {
                given[key] = texts
            }
        }
        return given
    }
}

extension Option where Value == String? {
    /// `help`: instead of the table's.
    init<Meaning>(_ row: KeyPath<SettingTable, Setting<Meaning>>, help: String? = nil) {
        let setting = SettingTable.rows[keyPath: row]
        self.init(name: .customLong(setting.key.name), help: setting.help(help), completion: setting.completionKind)
    }
}

extension Option where Value == [String] {
    init<Meaning>(wrappedValue: [String], _ row: KeyPath<SettingTable, Setting<[Meaning]>>) {
        let setting = SettingTable.rows[keyPath: row]
        self.init(
            wrappedValue: wrappedValue,
            name: .customLong(setting.key.name),
            help: setting.help(),
            completion: setting.completionKind
        )
    }
}

extension Argument where Value == String? {
    /// `help` and `valueName`: instead of the table's.
    init<Meaning>(_ row: KeyPath<SettingTable, Setting<Meaning>>, help: String, valueName: String) {
        let setting = SettingTable.rows[keyPath: row]
        self.init(help: setting.help(help, valueName: valueName), completion: setting.completionKind)
    }
}

extension Flag where Value == Bool {
    init(wrappedValue: Bool, _ row: KeyPath<SettingTable, Setting<Bool>>) {
        let key = SettingTable.rows[keyPath: row].key
        self.init(wrappedValue: wrappedValue, name: .customLong(key.name), help: ArgumentHelp(key.help()))
    }
}

extension Setting {
    fileprivate func help(_ text: String? = nil, valueName: String? = nil) -> ArgumentHelp {
        ArgumentHelp(key.help(text), valueName: valueName ?? key.valueName)
    }

    fileprivate var completionKind: CompletionKind? {
        switch completion {
        case .nothing: nil
        case .file: .file()
        case .words(let words): .list(words)
        }
    }
}

/// A group of options in another one.
private protocol GivenGroup {
    var given: [SettingKey: [String]] { get }
}

extension OptionGroup: GivenGroup where Value: SettingOptions {
    fileprivate var given: [SettingKey: [String]] { wrappedValue.given }
}

/// An option, argument or flag.
private protocol GivenProperty {
    /// As they would stand in a file; empty where it was not given.
    var texts: [String] { get }
}

extension Option: GivenProperty where Value: GivenValue {
    fileprivate var texts: [String] { wrappedValue.givenTexts }
}

extension Argument: GivenProperty where Value: GivenValue {
    fileprivate var texts: [String] { wrappedValue.givenTexts }
}

extension Flag: GivenProperty where Value: GivenValue {
    fileprivate var texts: [String] { wrappedValue.givenTexts }
}

private protocol GivenValue {
    var givenTexts: [String] { get }
}

extension Optional: GivenValue where Wrapped == String {
    fileprivate var givenTexts: [String] { map { [$0] } ?? [] }
}

extension Array: GivenValue where Element == String {
    fileprivate var givenTexts: [String] { self }
}

extension Bool: GivenValue {
    fileprivate var givenTexts: [String] { self ? ["true"] : [] }
}
