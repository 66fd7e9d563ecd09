package import CSVReading
import JSON
package import PingOneAPI

/// Turns records into rows, or says why a record is none.
package struct RowBinder: Sendable {
    package let plan: ColumnPlan
    private let identityProvider: (text: String, id: UUIDText?)?
    private let defaultUpdate: AttributeUpdate
    private let mappings: MappingBook?
    private let userKey: UserKey?
    private let acceptsDamagedIDs: Bool
    /// Makes the hashes of claims others than those of another seed.
    var claimSeed = 0
    /// Whether a record whose fields are as many as they should be can have attributes that make it unfit.
    private let attributesMayBeUnfit: Bool

    /// - Parameters:
    ///   - plan: of the header.
    ///   - identityProvider: for rows that name none; a UUID.
    ///   - defaultUpdate: for attributes that name none.
    ///   - mappings: what becomes of the columns with the provider's attributes; without them these are read over.
    ///   - userKey: what the column `userID` holds instead of the id.
    ///   - acceptsDamagedIDs: whether an id that a spreadsheet has rounded is sent as it stands.
    package init(
        plan: ColumnPlan,
        identityProvider: String?,
        defaultUpdate: AttributeUpdate,
        mappings: MappingBook? = nil,
        userKey: UserKey? = nil,
        acceptsDamagedIDs: Bool = false
    ) {
        self.plan = plan
        self.acceptsDamagedIDs = acceptsDamagedIDs
        self.userKey = userKey
        self.identityProvider = identityProvider.map { ($0, UUIDText($0)) }
        self.defaultUpdate = defaultUpdate
        self.mappings = mappings
        attributesMayBeUnfit = plan.hasAttributeObject || plan.repeatsAttributes
    }

    /// Who is linked to what: the part of a row that may be readable even where the rest is not. It is made for each row
    /// of each reading, so it holds no text.
    package struct Claim: Sendable, Equatable {
        /// The same for all spellings of one user in one process, and hardly ever for another one.
        package var userHash: Int
        package var provider: UUIDText
        /// The same for one account, identity provider and external id, in one process, and hardly ever for another one.
        package var accountHash: Int
        /// The same for accounts that differ in upper and lower case only.
        var foldedHash: Int

        init(userHash: Int, provider: UUIDText, externalID: Span<UInt8>, seed: Int = 0) {
            // Another seed makes the whole claim another one: two users that collide do so by one of them only.
            self.userHash = seed == 0 ? userHash : [userHash, seed].hashValue
            self.provider = provider
            accountHash = unsafe externalID.withUnsafeBytes { unsafe Self.hash($0, provider, seed) }
            foldedHash = accountHash
            if let folded = IDText.folded(externalID) {
                foldedHash = unsafe folded.withUnsafeBytes { unsafe Self.hash($0, provider, seed) }
            }
        }

        private static func hash(_ externalID: UnsafeRawBufferPointer, _ provider: UUIDText, _ seed: Int) -> Int {
            var hasher = Hasher()
            hasher.combine(provider)
            if seed != 0 { hasher.combine(seed) }
            unsafe hasher.combine(bytes: externalID)
            return hasher.finalize()
        }
    }

    /// The texts that a claim is about.
    package struct Target {
        package var user: UserReference
        package var identityProviderID: String
        package var externalID: String
    }

    package enum Reading: Sendable, Equatable {
        case fit(LinkRow, Claim)
        /// With the claim, where user, identity provider and external id can be read: it counts when one account is
        /// claimed for two users.
        case unfit(RowIssue, Claim?)
    }

    /// Whether the column `userID` holds something else than the id.
    var namesUsersByKey: Bool { userKey != nil }

    /// Fetches the mappings of these identity providers and warns of what does not fit, before the first row is read.
    /// Those of others follow when a row names them.
    package func prepareMappings(of identityProviders: [String]) {
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
            let target = target(of: record)
            var link = LinkRequest(
                identityProviderID: target.identityProviderID,
                externalID: target.externalID,
                attributes: try attributes(of: record)
            )
            mappings?.bindings(of: claim.provider, named: target.identityProviderID, to: plan)
                .append(record, to: &link.attributes)
            return .fit(LinkRow(line: record.line, user: target.user, link: link, record: record), claim)
        } catch {
            return .unfit(error, claim)
        }
    }

    /// What ``read(_:)`` finds out before the mappings are asked, without making the row: for a first reading.
    ///
    /// - Returns: the claim, where it can be read, and whether the rest of the row is fit too.
    func check(_ record: CSVRecord) -> (claim: Claim?, isFit: Bool) {
        guard let claim = try? readClaim(record) else { return (nil, false) }
        return (claim, !attributesMayBeUnfit || (try? attributes(of: record)) != nil)
    }

    /// The attributes of a fit record that are sent with `ALWAYS`, without those that mappings make.
    func replacingAttributes(of record: CSVRecord) -> [UserAttribute] {
        ((try? attributes(of: record)) ?? []).filter { $0.update == .always }
    }

    /// Whose account a record is about, as far as that can be read, for one that is not fit: the texts of cells that are
    /// there and can be ids. A name in the place of the user's id is left out.
    package func readableIDs(of record: CSVRecord) -> (
        userID: String?, identityProviderID: String?, externalID: String?
    ) {
        func text(_ column: Int?) -> String? {
            guard let column, column < record.fieldCount, record.byteCount(of: column) <= 4 * RowIssue.longestExternalID
            else { return nil }
            let text = record.trimmedText(column)
            return text.isEmpty || text.utf8.contains(0) ? nil : text
        }
        return (
            userKey == nil ? text(plan.userIDColumn).flatMap { UUIDText($0) == nil ? nil : $0 } : nil,
            text(plan.identityProviderColumn) ?? identityProvider?.text,
            text(plan.externalIDColumn)
        )
    }

    /// What the claim of a record that has one is about.
    func target(of record: CSVRecord) -> Target {
        let text = record.trimmedText(plan.userIDColumn)
        let named = plan.identityProviderColumn.map { record.trimmedText($0) }.flatMap { $0.isEmpty ? nil : $0 }
        guard let provider = named ?? identityProvider?.text else {
            preconditionFailure("the record on line \(record.line) has no claim")
        }
        return Target(
            user: userKey.map { .key(UserName($0, text)) } ?? .id(text),
            identityProviderID: provider,
            externalID: record.trimmedText(plan.externalIDColumn)
        )
    }

    private func readClaim(_ record: CSVRecord) throws(RowIssue) -> Claim {
        func issue(_ rule: RowIssue.Rule, column: Int? = nil) -> RowIssue { self.issue(rule, of: record, column) }
        guard plan.fieldCounts.contains(record.fieldCount) else {
            throw issue(.wrongFieldCount(found: record.fieldCount, expected: plan.names.count))
        }
        if plan.isShifted(record) { throw issue(.fieldsAreShifted) }
        if let found = plan.fieldsBeforeFilling(record) {
            throw issue(.fieldsStillMissing(found: found, expected: plan.ownColumnCount))
        }
        if let field = record.firstFieldWithNUL { throw issue(.nulCharacter, column: field) }
        let userHash = try readUserHash(record)
        let external = plan.externalIDColumn
        return try record.withBytes(of: external) { bytes throws(RowIssue) in
            let id = bytes.extracting(OuterBlanks.trimmed(bytes))
            if let rule = unfitness(ofExternalID: id) { throw issue(rule, column: external) }
            return Claim(userHash: userHash, provider: try readProvider(record), externalID: id, seed: claimSeed)
        }
    }

    private func issue(_ rule: RowIssue.Rule, of record: CSVRecord, _ column: Int?) -> RowIssue {
        RowIssue(line: record.line, column: column.map { plan.shownNames[$0] }, rule: rule)
    }

    private func unfitness(ofExternalID id: Span<UInt8>) -> RowIssue.Rule? {
        if id.isEmpty { return .emptyExternalID }
        // No text has more characters than bytes.
        if id.count > RowIssue.longestExternalID {
            let characters = unsafe id.withUnsafeBytes { bytes in unsafe bytes.count { $0 & 0xC0 != 0x80 } }
            if characters > RowIssue.longestExternalID { return .externalIDTooLong(characters: characters) }
        }
        return !acceptsDamagedIDs && SpreadsheetDamage.isRounded(id) ? .damagedID : nil
    }

    private func readProvider(_ record: CSVRecord) throws(RowIssue) -> UUIDText {
        let column = plan.identityProviderColumn
        func issue(_ rule: RowIssue.Rule) -> RowIssue { self.issue(rule, of: record, column) }
        let provider: UUIDText?
        if let column, !record.isBlank(column) {
            provider = record.withBytes(of: column) { UUIDText($0.extracting(OuterBlanks.trimmed($0))) }
        } else if let identityProvider {
            provider = identityProvider.id
        } else {
            throw issue(.noIdentityProvider)
        }
        guard let provider else { throw issue(.identityProviderIsNoUUID) }
        return provider
    }

    private func readUserHash(_ record: CSVRecord) throws(RowIssue) -> Int {
        func issue(_ rule: RowIssue.Rule) -> RowIssue { self.issue(rule, of: record, plan.userIDColumn) }
        guard let userKey else {
            let id = record.withBytes(of: plan.userIDColumn) { UUIDText($0.extracting(OuterBlanks.trimmed($0))) }
            guard let id else { throw issue(record.isBlank(plan.userIDColumn) ? .emptyUserID : .userIDIsNoUUID) }
            return id.hashValue
        }
        let text = record.trimmedText(plan.userIDColumn)
        guard !text.isEmpty else { throw issue(.emptyUserKey(userKey)) }
        let characters = text.unicodeScalars.count
        guard characters <= userKey.longest else {
            throw issue(.userKeyTooLong(userKey, characters: characters))
        }
        if !acceptsDamagedIDs, SpreadsheetDamage.isRounded(Array(text.utf8).span) { throw issue(.damagedID) }
        return Array(userKey.folded(text).utf8).hashValue
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
                    throw RowIssue(line: record.line, column: plan.shownNames[column], rule: error.rule)
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
