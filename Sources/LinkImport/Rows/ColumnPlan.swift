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

    /// The header's names, in the order of the file.
    package let names: [String]
    package let roles: [Role]
    /// Names that PingOne keeps for itself: sending them may be refused.
    package let reservedAttributes: [String]
    let userIDColumn: Int
    let externalIDColumn: Int
    let identityProviderColumn: Int?
    /// Where an earlier run has written the row's state.
    private let ownStateColumn: Int?
    /// Where each of the provider's attributes stands.
    let providerAttributeColumns: [String: Int]

    /// - Throws: all that is wrong with the header, at once.
    package init(header: CSVRecord, options: Options) throws(HeaderError) {
        if let field = header.firstFieldWithNUL {
            throw HeaderError(line: header.line, problems: [.nulCharacter(column: field + 1)])
        }
        let names = (0..<header.fieldCount).map { header.text($0) }
        let absent = options.map.map(\.column).filter { column in !names.contains { $0.isSame(as: column) } }
        guard absent.isEmpty else { throw HeaderError(line: header.line, problems: [.mappedColumnIsAbsent(absent)]) }
        var problems: [HeaderError.Problem] = []
        var roles: [Role] = []
        var unknown: [String] = []
        var raw: [String] = []
        for (index, name) in names.enumerated() {
            let mapped = options.map.first { $0.column.isSame(as: name) }
            switch Self.role(of: mapped?.target ?? name, options: options) {
            case _ where mapped == nil && options.ignored.contains { $0.isSame(as: name) }: roles.append(.ignored)
            case .known(let role): roles.append(role)
            case .wrongUpdate: problems.append(.wrongUpdate(name))
            case .needsMappings: raw.append(name)
            case .unknown where options.ignoresUnknown: roles.append(.ignored)
            case .unknown: unknown.append(name.isEmpty ? "(column \(index + 1), without a name)" : name)
            }
        }
        if !unknown.isEmpty {
            let kind = options.acceptsProviderAttributes ? "providerAttributes" : "attributes"
            problems.append(.unknown(unknown, standFor: kind))
        }
        if !raw.isEmpty { problems.append(.needMappings(raw)) }
        let repeated: [(Role, String)] = [
            (.userID, "userID"), (.externalID, "externalId"), (.identityProviderID, "identityProviderId"),
            (.attributeObject, "attributes"),
        ].filter { role, _ in roles.count { $0 == role } > 1 }
        problems += repeated.map { .namedTwice($0.1) }
        var providerAttributeColumns: [String: Int] = [:]
        for case (let column, .providerAttribute(let name)) in roles.enumerated() {
            if providerAttributeColumns.updateValue(column, forKey: name) != nil {
                problems.append(.namedTwice("providerAttributes.\(name)"))
            }
        }
        let userID = roles.firstIndex(of: .userID)
        let externalID = roles.firstIndex(of: .externalID)
        let missing = [userID == nil ? "userID" : nil, externalID == nil ? "externalId" : nil].compactMap(\.self)
        if missing.count == 2, let better = HeaderError.Problem(names: names) {
            problems = [better]
        } else if !missing.isEmpty {
            let candidate = names.first { unknown.count == 1 && $0.isSame(as: unknown[0]) }
            problems.insert(.missing(missing, candidate: candidate), at: 0)
        }
        guard problems.isEmpty, let userID, let externalID else {
            throw HeaderError(line: header.line, problems: problems)
        }
        self.names = names
        self.roles = roles
        userIDColumn = userID
        externalIDColumn = externalID
        identityProviderColumn = roles.firstIndex(of: .identityProviderID)
        ownStateColumn = names.firstIndex { $0.lowercased() == "pinglink_state" }
        self.providerAttributeColumns = providerAttributeColumns
        reservedAttributes = roles.compactMap { role in
            if case .attribute(let name, _) = role, Self.reservedNames.contains(name) { name } else { nil }
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
    func isShifted(_ record: CSVRecord) -> Bool {
        guard let ownStateColumn, ownStateColumn < record.fieldCount, !record.isEmpty(ownStateColumn) else {
            return false
        }
        return LinkState(rawValue: record.text(ownStateColumn)) == nil
    }

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
        let fixed = name[..<dot].lowercased().filter { $0 != "_" && $0 != "-" }
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

extension StringProtocol {
    /// The same bytes. Swift's `==` also takes two spellings of one letter (é, e + ´) for equal; ids and names in a
    /// file are not.
    func isSame(as other: some StringProtocol) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}

/// What is wrong with the first record of the input.
package struct HeaderError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Problem: Sendable, Equatable {
        /// `candidate`: the only column that is not known, if there is one.
        case missing([String], candidate: String?)
        /// `standFor`: the kind of column that they most likely are.
        case unknown([String], standFor: String)
        case namedTwice(String)
        case wrongUpdate(String)
        case needMappings([String])
        case mappedColumnIsAbsent([String])
        /// The only name has these in it.
        case otherDelimiter(Delimiter)
        /// It looks like a row, so that its names may be somebody's ids.
        case noHeader
        case empty
        /// `column`: from 1.
        case nulCharacter(column: Int)

        /// What is probably wrong where no column has a name that is known.
        fileprivate init?(names: [String]) {
            if names.contains(where: { UUIDText($0) != nil }) {
                self = .noHeader
            } else if names.count == 1, let mark = Delimiter.allCases.first(where: { names[0].contains($0.rawValue) }) {
                self = .otherDelimiter(mark)
            } else {
                return nil
            }
        }
    }

    /// What stands between the fields of files that are not delimited as was said.
    package enum Delimiter: Character, Sendable, CaseIterable {
        case semicolon = ";"
        case tab = "\t"
        case bar = "|"
        case comma = ","

        fileprivate var advice: String {
            switch self {
            case .semicolon: "semicolons in it. If they stand between the fields, say --delimiter ';'."
            case .tab: "tabs in it. If they stand between the fields, say --delimiter tab."
            case .bar: "bars in it. If they stand between the fields, say --delimiter '|'."
            case .comma: "commas in it. If they stand between the fields, leave --delimiter out."
            }
        }
    }

    package var line: Int
    package var problems: [Problem]

    package var description: String {
        problems.map { "line \(line): \(Self.text($0))" }.joined(separator: "\n")
    }

    /// One line for each problem, each with the name of the file, as far as there is room.
    func lines(in file: String) -> String {
        Mistakes.text(problems.map { "\(file): line \(line): \(Self.text($0))" })
    }

    private static func text(_ problem: Problem) -> String {
        switch problem {
        case .missing(let names, let candidate):
            "the header lacks \(quoted(names)). Add \(names.count == 1 ? "it" : "them"), "
                + "or name the column that holds it: --map '\(candidate ?? "COLUMN")=\(names[0])'"
                + (candidate != nil && names[0] == "userID"
                    ? ", with --user-key where user names or e-mail addresses stand there." : ".")
        case .unknown(let names, let kind):
            "the header has \(quoted(names)), which is not known. Nothing is sent that the header does not name: "
                + "say what it is with --map '\(names[0])=\(kind).NAME', or leave it out with --ignore '\(names[0])'."
        case .namedTwice(let name): "the header names \(name) twice. Leave one out with --ignore."
        case .wrongUpdate(let name):
            "column \"\(name)\": behind the colon stands the update, EMPTY_ONLY or ALWAYS."
        case .needMappings(let names) where names.count == 1:
            "column \(quoted(names)) is a raw attribute of the identity provider, which needs --mappings. "
                + "Leave it out with --ignore '\(names[0])', or name it as attributes.NAME."
        case .needMappings(let names):
            "columns \(quoted(names)) are raw attributes of the identity provider, which need --mappings. "
                + "Leave them out with --ignore '\(names[0])' and so on, or name them as attributes.NAME."
        case .mappedColumnIsAbsent(let names): "--map names \(quoted(names)), which the header does not have."
        case .otherDelimiter(let delimiter): "the header is one name with \(delimiter.advice)"
        case .noHeader:
            "this looks like a row, not like a header: a name is a UUID. "
                + "Put a line before it that names the columns: userID,externalId"
        case .empty: "there is no header. The first record names the columns: userID,externalId"
        case .nulCharacter(let column):
            "column \(column): the header has a NUL character. Remove it; was the file saved as UTF-16?"
        }
    }

    private static func quoted(_ names: [String]) -> String {
        names.map { "\"\($0)\"" }.joined(separator: ", ")
    }
}
