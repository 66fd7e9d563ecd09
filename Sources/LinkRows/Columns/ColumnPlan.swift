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
        /// Whether attributes are to be sent; else columns of them count as ignored.
        package var readsAttributes = true

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
        let reading = HeaderReading(header, options)
        let roles = reading.roles
        guard reading.problems.isEmpty, let userID = roles.firstIndex(of: .userID),
            let externalID = roles.firstIndex(of: .externalID)
        else { throw HeaderError(line: header.line, problems: reading.problems) }
        let columns = reading.columns
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
        providerAttributeColumns = reading.providerAttributeColumns
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
}
