package import CSVReading
package import PingOneAPI

/// Turns records into rows, or says why a record is none.
package struct RowBinder: Sendable {
    package let plan: ColumnPlan
    private let identityProvider: String?
    private let defaultUpdate: AttributeUpdate
    private let mappings: MappingBook?
    private let userKey: UserKey?

    /// - Parameters:
    ///   - plan: of the header.
    ///   - identityProvider: for rows that name none; a UUID.
    ///   - defaultUpdate: for attributes that name none.
    ///   - mappings: what becomes of the columns with the provider's attributes; without them these are read over.
    ///   - userKey: what the column `userID` holds instead of the id.
    package init(
        plan: ColumnPlan,
        identityProvider: String?,
        defaultUpdate: AttributeUpdate,
        mappings: MappingBook? = nil,
        userKey: UserKey? = nil
    ) {
        self.plan = plan
        self.userKey = userKey
        self.identityProvider = identityProvider
        self.defaultUpdate = defaultUpdate
        self.mappings = mappings
    }

    /// Who is linked to what: the part of a row that may be readable even where the rest is not.
    package struct Claim: Sendable, Equatable {
        package var user: UserReference
        /// The same for all spellings of one user in one process, and hardly ever for another one.
        package var userHash: Int
        package var identityProviderID: String
        package var provider: UUIDText
        package var externalID: String
    }

    package enum Reading: Sendable, Equatable {
        case fit(LinkRow, Claim)
        /// With the claim, where user, identity provider and external id can be read: it counts when one account is
        /// claimed for two users.
        case unfit(RowIssue, Claim?)
    }

    /// Fetches the mappings of these identity providers and warns of what does not fit, before the first row is read.
    /// Those of others follow when a row names them.
    func prepareMappings(of identityProviders: [String]) {
        mappings?.prepare(for: identityProviders, plan: plan)
    }

    /// Blocks while the mappings of an identity provider are fetched that is met for the first time.
    package func read(_ record: CSVRecord) -> Reading {
        let claim: Claim
        do throws(RowIssue) {
            claim = try readClaim(record)
        } catch {
            return .unfit(error, nil)
        }
        do throws(RowIssue) {
            var link = LinkRequest(
                identityProviderID: claim.identityProviderID,
                externalID: claim.externalID,
                attributes: try attributes(of: record)
            )
            mappings?.bindings(of: claim.provider, named: claim.identityProviderID, to: plan)
                .append(record, to: &link.attributes)
            return .fit(LinkRow(line: record.line, user: claim.user, link: link, record: record), claim)
        } catch {
            return .unfit(error, claim)
        }
    }

    private func readClaim(_ record: CSVRecord) throws(RowIssue) -> Claim {
        func issue(_ rule: RowIssue.Rule, column: Int? = nil) -> RowIssue {
            RowIssue(line: record.line, column: column.map { plan.names[$0] }, rule: rule)
        }
        guard record.fieldCount == plan.names.count else {
            throw issue(.wrongFieldCount(found: record.fieldCount, expected: plan.names.count))
        }
        if plan.isShifted(record) { throw issue(.fieldsAreShifted) }
        if let field = record.firstFieldWithNUL { throw issue(.nulCharacter, column: field) }
        let (user, userHash) = try readUser(record)
        let externalID = record.text(plan.externalIDColumn)
        guard !externalID.isEmpty else { throw issue(.emptyExternalID, column: plan.externalIDColumn) }
        let characters = externalID.unicodeScalars.count
        guard characters <= RowIssue.longestExternalID else {
            throw issue(.externalIDTooLong(characters: characters), column: plan.externalIDColumn)
        }
        let named = plan.identityProviderColumn.map { record.text($0) }.flatMap { $0.isEmpty ? nil : $0 }
        guard let providerID = named ?? identityProvider else {
            throw issue(.noIdentityProvider, column: plan.identityProviderColumn)
        }
        guard let provider = UUIDText(providerID) else {
            throw issue(.identityProviderIsNoUUID, column: plan.identityProviderColumn)
        }
        return Claim(
            user: user,
            userHash: userHash,
            identityProviderID: providerID,
            provider: provider,
            externalID: externalID
        )
    }

    private func readUser(_ record: CSVRecord) throws(RowIssue) -> (UserReference, hash: Int) {
        func issue(_ rule: RowIssue.Rule) -> RowIssue {
            RowIssue(line: record.line, column: plan.names[plan.userIDColumn], rule: rule)
        }
        let text = record.text(plan.userIDColumn)
        guard let userKey else {
            guard let id = UUIDText(text) else { throw issue(.userIDIsNoUUID) }
            return (.id(text), id.hashValue)
        }
        guard !text.isEmpty else { throw issue(.emptyUserKey(userKey)) }
        let characters = text.unicodeScalars.count
        guard characters <= userKey.longest else {
            throw issue(.userKeyTooLong(userKey, characters: characters))
        }
        return (.key(UserName(userKey, text)), Array(userKey.folded(text).utf8).hashValue)
    }

    private func attributes(of record: CSVRecord) throws(RowIssue) -> [UserAttribute] {
        var attributes: [UserAttribute] = []
        for (column, role) in plan.roles.enumerated() {
            switch role {
            case .attribute(let name, let update) where !record.isEmpty(column):
                attributes.append(UserAttribute(name: name, value: record.text(column), update: update))
            case .attributeObject where !record.isEmpty(column):
                do throws(AttributeCellError) {
                    attributes += try AttributeCell.read(record.text(column), defaultUpdate: defaultUpdate)
                } catch {
                    throw RowIssue(line: record.line, column: plan.names[column], rule: error.rule)
                }
            default: continue
            }
        }
        if let twice = Self.firstRepetition(attributes) {
            throw RowIssue(line: record.line, column: nil, rule: .attributeNamedTwice(name: twice))
        }
        return attributes
    }

    private static func firstRepetition(_ attributes: [UserAttribute]) -> String? {
        for (index, attribute) in attributes.enumerated()
        where attributes[..<index].contains(where: { $0.name.isSame(as: attribute.name) }) {
            return attribute.name
        }
        return nil
    }
}

private struct AttributeCellError: Error {
    var rule: RowIssue.Rule
}

/// The `attributes` column: `{"name.first":{"value":"leslie","update":"ALWAYS"},"email":"l@example.com"}`.
private enum AttributeCell {
    /// In the cell's order. A bare string takes the default update; anything but text as a value is refused, since
    /// PingOne documents none.
    static func read(_ cell: String, defaultUpdate: AttributeUpdate) throws(AttributeCellError) -> [UserAttribute] {
        let document: JSONValue
        do throws(JSONSyntaxError) {
            document = try JSONValue(parsing: cell)
        } catch {
            throw AttributeCellError(rule: .attributesAreNoJSON(offset: error.offset))
        }
        guard case .object(let members) = document else { throw AttributeCellError(rule: .attributesHaveWrongShape) }
        var attributes: [UserAttribute] = []
        for member in members {
            guard let attribute = attribute(member, defaultUpdate: defaultUpdate) else {
                throw AttributeCellError(rule: .attributesHaveWrongShape)
            }
            attributes.append(attribute)
        }
        return attributes
    }

    private static func attribute(_ member: JSONValue.Member, defaultUpdate: AttributeUpdate) -> UserAttribute? {
        guard !member.name.isEmpty else { return nil }
        switch member.value {
        case .string(let value):
            return UserAttribute(name: member.name, value: value, update: defaultUpdate)
        case .object(let parts):
            guard Set(parts.map(\.name)).count == parts.count,
                parts.allSatisfy({ ["value", "update"].contains($0.name) }),
                let value = member.value["value"]?.string
            else { return nil }
            guard let named = member.value["update"] else {
                return UserAttribute(name: member.name, value: value, update: defaultUpdate)
            }
            guard let update = named.string.flatMap(AttributeUpdate.init(rawValue:)) else { return nil }
            return UserAttribute(name: member.name, value: value, update: update)
        default: return nil
        }
    }
}
