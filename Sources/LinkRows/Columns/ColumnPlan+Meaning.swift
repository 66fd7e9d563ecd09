import CSVReading
import PingOneAPI

extension ColumnPlan {
    /// What a column is for, as far as its name tells.
    enum Meaning {
        case known(Role)
        case wrongUpdate
        case needsMappings
        case unknown

        var isOfAttributes: Bool {
            switch self {
            case .known(.attribute), .known(.attributeObject), .known(.providerAttribute), .wrongUpdate, .needsMappings:
                true
            case .known, .unknown: false
            }
        }
    }

    /// Whether a record names all columns that an input must have.
    static func hasRequiredColumns(_ header: CSVRecord, options: Options) -> Bool {
        let roles = columns(of: header).map { meaning(of: $0, options: options) }
        return [Role.userID, .externalID].allSatisfy { required in
            roles.contains { if case .known(let role) = $0 { role == required } else { false } }
        }
    }

    static func columns(of header: CSVRecord) -> [ColumnName] {
        (0..<header.fieldCount).map { ColumnName(text: header.text($0), number: $0 + 1) }
    }

    static func meaning(of column: ColumnName, options: Options) -> Meaning {
        let meaning = meaningWithAttributes(of: column, options: options)
        return meaning.isOfAttributes && !options.readsAttributes ? .known(.ignored) : meaning
    }

    private static func meaningWithAttributes(of column: ColumnName, options: Options) -> Meaning {
        if let mapped = options.map.first(where: { column.isMeant(by: $0.column) }) {
            return role(of: mapped.target, options: options)
        }
        if options.ignored.contains(where: { column.isMeant(by: $0) }) { return .known(.ignored) }
        if case .unknown = role(of: column.name, options: options) {
            return options.ignoresUnknown ? .known(.ignored) : column.name.isEmpty ? .known(.nameless) : .unknown
        }
        return role(of: column.name, options: options)
    }

    /// Whether `--map` may name this at its right side.
    package static func isTarget(_ name: String) -> Bool {
        if case .unknown = role(of: name, options: Options()) { return false }
        if case .known(.ownResult) = role(of: name, options: Options()) { return false }
        return true
    }

    private static func role(of name: String, options: Options) -> Meaning {
        if name.lowercased().hasPrefix("pinglink_") { return .known(.ownResult) }
        let dot = name.firstIndex(of: ".") ?? name.endIndex
        let fixed = ColumnName.folded(name[..<dot])
        guard dot < name.endIndex else {
            switch fixed {
            case "userid": return .known(.userID)
            case "externalid": return .known(.externalID)
            case "identityproviderid": return .known(.identityProviderID)
            case "attributes": return .known(.attributeObject)
            default: return .unknown
            }
        }
        let rest = name[name.index(after: dot)...]
        switch fixed {
        case "providerattributes" where !rest.isEmpty:
            return options.acceptsProviderAttributes ? .known(.providerAttribute(String(rest))) : .needsMappings
        case "attributes" where !rest.isEmpty:
            guard let colon = rest.lastIndex(of: ":") else {
                return .known(.attribute(name: String(rest), update: options.update))
            }
            guard let update = AttributeUpdate(rawValue: String(rest[rest.index(after: colon)...])),
                colon > rest.startIndex
            else { return .wrongUpdate }
            return .known(.attribute(name: String(rest[..<colon]), update: update))
        default: return .unknown
        }
    }
}
