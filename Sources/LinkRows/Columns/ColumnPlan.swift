package import CSVReading
import Ledger
package import PingOneAPI

/// What each column of the input is for: the header, bound to the names that this program knows.
package struct ColumnPlan: Sendable, Equatable {
    package enum Role: Sendable, Equatable {
        case userID
        case externalID
        case identityProviderID
        /// A cell that holds a JSON object of attributes.
        case attributeObject
        case attribute(name: String, update: AttributeUpdate)
        /// An attribute as the identity provider gave it; attribute mappings say what becomes of it.
        case providerAttribute(String)
        /// Read, counted and kept for the result files, but never sent.
        case ignored
        /// Written by an earlier run into a result file: read over, and written anew.
        case ownResult
        /// Without a name: no column, as long as all of its cells are empty.
        case nameless
    }

    /// How the command line changes the reading of the header.
    package struct Options: Sendable, Equatable {
        package var update: AttributeUpdate
        /// From a column's name in the file to the name it stands for.
        package var map: [Mapping]
        package var ignored: Set<String>
        /// `--ignore '*'`: every column that is not known.
        package var ignoresUnknown: Bool
        /// Whether there are attribute mappings, which `providerAttributes.*` columns need.
        package var acceptsProviderAttributes: Bool

        package struct Mapping: Sendable, Equatable {
            package var column: String
            package var target: String

            /// Reads `COLUMN=TARGET`; `nil` where a side is missing. The last `=` parts, for names that hold one.
            package init?(argument: String) {
                guard let equals = argument.lastIndex(of: "=") else { return nil }
                column = String(argument[..<equals])
                target = String(argument[argument.index(after: equals)...])
                if column.isEmpty || target.isEmpty { return nil }
            }
        }

        package init(
            update: AttributeUpdate = .emptyOnly,
            map: [Mapping] = [],
            ignoring: [String] = [],
            acceptsProviderAttributes: Bool = false
        ) {
            self.update = update
            self.map = map
            self.acceptsProviderAttributes = acceptsProviderAttributes
            ignored = Set(ignoring.filter { $0 != "*" })
            ignoresUnknown = ignoring.contains("*")
        }
    }

    /// The header's names as they stand there, in the order of the file.
    package let names: [String]
    /// What messages call the columns.
    package let shownNames: [String]
    package let roles: [Role]
    /// Names that PingOne keeps for itself: sending them may be refused.
    package let reservedAttributes: [String]
    package let userIDColumn: Int
    package let externalIDColumn: Int
    let identityProviderColumn: Int?
    /// Columns without a name: whoever has text there is asked what it is.
    let namelessColumns: [Int]
    /// With how many fields a record is complete: columns without a name at the end may be left out.
    package let fieldCounts: ClosedRange<Int>
    /// Columns whose attribute is sent with `ALWAYS`.
    let alwaysColumns: [Int]
    /// Where an earlier run has written the row's state and what was wrong with it.
    private let ownStateColumn: Int?
    private let ownErrorColumn: Int?
    /// Where each of the provider's attributes stands.
    let providerAttributeColumns: [String: Int]

    /// - Throws: all that is wrong with the header, at once.
    package init(header: CSVRecord, options: Options) throws(HeaderError) {
        if let field = header.firstFieldWithNUL {
            throw HeaderError(line: header.line, problems: [.nulCharacter(column: field + 1)])
        }
        let columns = Self.columns(of: header)
        let absent = options.map.map(\.column).filter { argument in !columns.contains { $0.isMeant(by: argument) } }
        if !absent.isEmpty, !columns.contains(where: { UUIDText($0.name) != nil }) {
            let problem = HeaderError.Problem.mappedColumnIsAbsent(absent, header: columns.map(\.shown))
            throw HeaderError(line: header.line, problems: [problem])
        }
        var problems: [HeaderError.Problem] = []
        var roles: [Role] = []
        var unknown: [ColumnName] = []
        var raw: [String] = []
        for column in columns {
            switch Self.reading(of: column, options: options) {
            case .known(let role): roles.append(role)
            case .wrongUpdate:
                roles.append(.ignored)
                problems.append(.wrongUpdate(column.shown))
            case .needsMappings:
                roles.append(.ignored)
                raw.append(column.shown)
            case .unknown:
                roles.append(.ignored)
                unknown.append(column)
            }
        }
        let userID = roles.firstIndex(of: .userID)
        let externalID = roles.firstIndex(of: .externalID)
        let missing = [userID == nil ? "userID" : nil, externalID == nil ? "externalId" : nil].compactMap(\.self)
        if !unknown.isEmpty {
            let taken = Set(["userID", "externalId"].filter { !missing.contains($0) })
            let kind = options.acceptsProviderAttributes ? "providerAttributes" : "attributes"
            let guesses = unknown.map { ColumnName.guess($0.name, kind: kind, taken: taken) }
            problems.append(.unknown(unknown.map(\.shown), guesses: guesses, standFor: kind))
        }
        if !raw.isEmpty { problems.append(.needMappings(raw)) }
        let fixed: [(Role, String)] = [
            (.userID, "userID"), (.externalID, "externalId"), (.identityProviderID, "identityProviderId"),
            (.attributeObject, "attributes"),
        ]
        for (role, name) in fixed {
            let places = roles.indices.filter { roles[$0] == role }
            if places.count > 1 { problems.append(.namedTwice(name, columns: places.map { $0 + 1 })) }
        }
        var providerAttributeColumns: [String: Int] = [:]
        for case (let column, .providerAttribute(let name)) in roles.enumerated() {
            if let first = providerAttributeColumns[name] {
                problems.append(.namedTwice("providerAttributes.\(name)", columns: [first + 1, column + 1]))
            } else {
                providerAttributeColumns[name] = column
            }
        }
        let nameless = zip(columns, roles).filter { $1 == .nameless }.map(\.0)
        if missing.count == 2, let better = HeaderError.Problem(names: columns.map(\.name)) {
            problems = [better]
        } else if !missing.isEmpty {
            problems.insert(
                .missing(missing, candidates: Self.candidates(for: missing, among: unknown + nameless)),
                at: 0
            )
        }
        guard problems.isEmpty, let userID, let externalID else {
            throw HeaderError(line: header.line, problems: problems)
        }
        names = columns.map(\.text)
        shownNames = columns.map(\.shown)
        self.roles = roles
        userIDColumn = userID
        externalIDColumn = externalID
        identityProviderColumn = roles.firstIndex(of: .identityProviderID)
        namelessColumns = roles.indices.filter { roles[$0] == .nameless }
        let named = (roles.lastIndex { $0 != .nameless } ?? 0) + 1
        fieldCounts = named...columns.count
        alwaysColumns = roles.indices.filter { index in
            if case .attribute(_, .always) = roles[index] { true } else { false }
        }
        ownStateColumn = columns.firstIndex { $0.name.lowercased() == "pinglink_state" }
        ownErrorColumn = columns.firstIndex { $0.name.lowercased() == "pinglink_error" }
        self.providerAttributeColumns = providerAttributeColumns
        reservedAttributes = roles.compactMap { role in
            if case .attribute(let name, _) = role, Self.reservedNames.contains(name) { name } else { nil }
        }
    }

    /// Whether a record names all columns that an input must have.
    static func hasRequiredColumns(_ header: CSVRecord, options: Options) -> Bool {
        let roles = columns(of: header).map { reading(of: $0, options: options) }
        return [Role.userID, .externalID].allSatisfy { required in
            roles.contains { if case .known(let role) = $0 { role == required } else { false } }
        }
    }

    private static func columns(of header: CSVRecord) -> [ColumnName] {
        (0..<header.fieldCount).map { ColumnName(text: header.text($0), number: $0 + 1) }
    }

    private static func reading(of column: ColumnName, options: Options) -> Reading {
        if let mapped = options.map.first(where: { column.isMeant(by: $0.column) }) {
            return role(of: mapped.target, options: options)
        }
        if options.ignored.contains(where: { column.isMeant(by: $0) }) { return .known(.ignored) }
        if case .unknown = role(of: column.name, options: options) {
            return options.ignoresUnknown ? .known(.ignored) : column.name.isEmpty ? .known(.nameless) : .unknown
        }
        return role(of: column.name, options: options)
    }

    /// For each required column that is missing, the one that probably holds it.
    private static func candidates(for missing: [String], among unknown: [ColumnName]) -> [String?] {
        missing.map { name in
            let near = unknown.first { ColumnName.guess($0.name, kind: "attributes", taken: []) == name }
            return near?.shown ?? (unknown.count == 1 && missing.count == 1 ? unknown[0].shown : nil)
        }
    }

    /// Source: Identity Provider Attributes, PingOne API: "The following may not be used".
    package static let reservedNames: Set<String> = [
        "account", "id", "created", "updated", "lifecycle", "mfaEnabled", "enabled",
    ]

    /// Whether a cell may hold a JSON object of attributes.
    var hasAttributeObject: Bool { roles.contains(.attributeObject) }

    /// Whether two columns stand for one attribute, so that a record may name it twice.
    var repeatsAttributes: Bool {
        var names: Set<[UInt8]> = []
        return roles.contains { role in
            if case .attribute(let name, _) = role { !names.insert(Array(name.utf8)).inserted } else { false }
        }
    }

    /// Whether a record of a result file has lost or gained a field: something else stands where its state was. Its
    /// other columns would be taken for what they are not.
    package func isShifted(_ record: CSVRecord) -> Bool {
        guard let ownStateColumn, ownStateColumn < record.fieldCount, !record.isEmpty(ownStateColumn) else {
            return false
        }
        return LinkState(rawValue: record.text(ownStateColumn)) == nil
    }

    /// Of a record of a result file that an earlier run has filled up, since it had too few fields: how many it had.
    /// Nil where one of those cells was filled since, or where nothing tells.
    func fieldsBeforeFilling(_ record: CSVRecord) -> Int? {
        guard let ownErrorColumn, ownErrorColumn < record.fieldCount,
            let (found, expected) = RowIssue.tooFewFields(inError: record.text(ownErrorColumn))
        else { return nil }
        let own = roles.indices.filter { roles[$0] != .ownResult }
        return expected == own.count && own.dropFirst(found).allSatisfy { record.isEmpty($0) } ? found : nil
    }

    /// How many columns are the input's own.
    package var ownColumnCount: Int { roles.count { $0 != .ownResult } }

    package var isOfResultFile: Bool { roles.contains(.ownResult) }

    private enum Reading {
        case known(Role)
        case wrongUpdate
        case needsMappings
        case unknown
    }

    /// Whether `--map` may name this at its right side.
    package static func isTarget(_ name: String) -> Bool {
        if case .unknown = role(of: name, options: Options()) { return false }
        if case .known(.ownResult) = role(of: name, options: Options()) { return false }
        return true
    }

    private static func role(of name: String, options: Options) -> Reading {
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
