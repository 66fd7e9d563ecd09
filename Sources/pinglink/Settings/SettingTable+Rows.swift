/// The table's rows one after the other, whatever their values are.
extension SettingTable {
    static let rows = SettingTable()

    /// In the order of the table.
    static let keys = keysByProperty.map(\.key)

    private static let keysByProperty = Mirror(reflecting: rows).children.compactMap { child in
        (child.value as? any SettingRow).map { (property: child.label ?? "", key: $0.key) }
    }
    private static let byName = Dictionary(uniqueKeysWithValues: keys.map { ($0.name, $0) })
    private static let byProperty = Dictionary(uniqueKeysWithValues: keysByProperty.map { ($0.property, $0.key) })

    /// `name`: as the flag has it.
    static func key(named name: String) -> SettingKey? { byName[name] }

    /// `property`: what the row is called in the table.
    static func key(ofProperty property: some StringProtocol) -> SettingKey? { byProperty[String(property)] }

    /// What a program that we start has no need to know: the secrets, and what may hold the password of a database.
    static var secretVariables: [String] {
        keys.filter { $0.isSecret || $0.appearance == .ledger }.flatMap(\.variables) + ["PGPASSWORD"]
    }
}

/// A row without the type of its value.
private protocol SettingRow {
    var key: SettingKey { get }
}

extension Setting: SettingRow {}
