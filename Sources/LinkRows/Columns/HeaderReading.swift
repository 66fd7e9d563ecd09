import CSVReading
import PingOneAPI

/// What the columns of a header stand for, and all that is wrong with it.
struct HeaderReading {
    let columns: [ColumnName]
    /// One for each column; one with which something is wrong is ignored.
    private(set) var roles: [ColumnPlan.Role] = []
    private(set) var problems: [HeaderError.Problem] = []
    /// Where each of the provider's attributes stands.
    private(set) var providerAttributeColumns: [String: Int] = [:]
    private var unknown: [ColumnName] = []

    init(_ header: CSVRecord, _ options: ColumnPlan.Options) {
        columns = ColumnPlan.columns(of: header)
        let absent = options.map.map(\.column).filter { argument in !columns.contains { $0.isMeant(by: argument) } }
        if !absent.isEmpty, !columns.contains(where: { UUIDText($0.name) != nil }) {
            problems = [.mappedColumnIsAbsent(absent, header: columns.map(\.shown))]
            return
        }
        let missing = readRoles(options)
        findRepetitions()
        if missing.count == 2, let better = HeaderError.Problem(names: columns.map(\.name)) {
            problems = [better]
        } else if !missing.isEmpty {
            problems.insert(.missing(missing, candidates: candidates(for: missing)), at: 0)
        }
    }

    /// - Returns: the required columns that are missing.
    private mutating func readRoles(_ options: ColumnPlan.Options) -> [String] {
        var needMappings: [String] = []
        for column in columns {
            switch ColumnPlan.meaning(of: column, options: options) {
            case .known(let role):
                roles.append(role)
                continue
            case .wrongUpdate: problems.append(.wrongUpdate(column.shown))
            case .needsMappings: needMappings.append(column.shown)
            case .unknown: unknown.append(column)
            }
            roles.append(.ignored)
        }
        let required: [(role: ColumnPlan.Role, name: String)] = [(.userID, "userID"), (.externalID, "externalId")]
        let missing = required.filter { !roles.contains($0.role) }.map(\.name)
        if !unknown.isEmpty {
            let taken = Set(required.map(\.name)).subtracting(missing)
            let kind = options.acceptsProviderAttributes ? "providerAttributes" : "attributes"
            let guesses = unknown.map { ColumnName.guess($0.name, kind: kind, taken: taken) }
            problems.append(.unknown(unknown.map(\.shown), guesses: guesses, standFor: kind))
        }
        if !needMappings.isEmpty { problems.append(.needMappings(needMappings)) }
        return missing
    }

    /// Two columns for the one thing that there can be only once.
    private mutating func findRepetitions() {
        let fixed: [(ColumnPlan.Role, String)] = [
            (.userID, "userID"), (.externalID, "externalId"), (.identityProviderID, "identityProviderId"),
            (.attributeObject, "attributes"),
        ]
        for (role, name) in fixed {
            let places = roles.indices.filter { roles[$0] == role }
            if places.count > 1 { problems.append(.namedTwice(name, columns: places.map { $0 + 1 })) }
        }
        for case (let column, .providerAttribute(let name)) in roles.enumerated() {
            if let first = providerAttributeColumns[name] {
                problems.append(.namedTwice("providerAttributes.\(name)", columns: [first + 1, column + 1]))
            } else {
                providerAttributeColumns[name] = column
            }
        }
    }

    /// For each required column that is missing, the one that probably holds it.
    private func candidates(for missing: [String]) -> [String?] {
        let strangers = unknown + zip(columns, roles).filter { $1 == .nameless }.map(\.0)
        return missing.map { name in
            let near = strangers.first { ColumnName.guess($0.name, kind: "attributes", taken: []) == name }
            return near?.shown ?? (strangers.count == 1 && missing.count == 1 ? strangers[0].shown : nil)
        }
    }
}
