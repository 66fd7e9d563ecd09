import CSVReading
import JSON
import LinkRows
import PingOneAPI
import SeededRandom

private let identityProvider = "302990c0-289d-40ec-a2ff-e7c7fd0cca63"

private let mappings = [
    AttributeMapping(name: "email", value: "${providerAttributes.email}", update: .emptyOnly),
    AttributeMapping(name: "name.full", value: "${providerAttributes.a} x ${providerAttributes.b}", update: .always),
    AttributeMapping(name: "broken", value: "${providerAttributes.", update: .always),
]

extension FuzzTarget {
    /// A row that is fit to be sent says what its cells say, byte by byte, and its body is JSON. One that is not says
    /// why and where.
    func checkRows(_ input: [UInt8]) throws(BrokenRule) {
        var random = SplitMix64(for: input)
        let hasMappings = random.oneIn(2)
        let options = ColumnPlan.Options(
            update: random.oneIn(2) ? .always : .emptyOnly,
            map: random.oneIn(4) ? ["Login=userID", "id=externalId"].compactMap { .init(argument: $0) } : [],
            ignoring: random.oneIn(2) ? ["*"] : [],
            acceptsProviderAttributes: hasMappings
        )
        var reader = CSVReader(InputSource(bytes: input, name: "users.csv"))
        var record = CSVRecord()
        do {
            guard try reader.next(into: &record) else { return }
            let plan = try ColumnPlan(header: record, options: options)
            let book = MappingBook(.file(name: "mappings.csv", mappings), warn: { _ in })
            let binder = RowBinder(
                plan: plan,
                identityProvider: random.oneIn(4) ? nil : identityProvider,
                defaultUpdate: options.update,
                mappings: hasMappings ? book : nil,
                userKey: random.oneIn(2) ? UserKey.allCases.randomElement(using: &random) : nil
            )
            while try reader.next(into: &record) {
                switch binder.read(record) {
                case .fit(let row, let claim): try checkFit(row, claim, of: record, plan: plan)
                case .unfit(let issue, _):
                    try require(issue.line == record.line, "line \(record.line) has the issue of \(issue.line)")
                    try require(!"\(issue)".contains("\0"), "an issue's text holds a NUL")
                }
            }
        } catch let broken as BrokenRule {
            throw broken
        } catch {
            try require(!"\(error)".isEmpty, "an error has nothing to say")
        }
    }

    private func checkFit(
        _ row: LinkRow,
        _ claim: RowBinder.Claim,
        of record: CSVRecord,
        plan: ColumnPlan
    ) throws(BrokenRule) {
        let isNameless = plan.roles.dropFirst(record.fieldCount).allSatisfy { $0 == .nameless }
        try require(record.fieldCount <= plan.roles.count && isNameless, "a record of another length is fit")
        let body = try parsed(row.link.body)
        try require(Array(body.text.utf8) == row.link.body, "the body is not what it says: \(body.text)")
        try require(row.record == record && row.line == record.line, "the row has another record")
        try require(row.content(salt: 7) == row.content(salt: 7), "the fingerprint of one row is not always the same")
        for (column, role) in plan.roles.prefix(record.fieldCount).enumerated() {
            let cell = record.text(column)
            let id = record.trimmedText(column)
            switch role {
            case .externalID:
                try require(body["externalId"].isText(id) && !id.isEmpty, "the external id is not the cell's")
            case .userID:
                let user =
                    switch row.user {
                    case .id(let id): id
                    case .key(let name): name.text
                    }
                try require(user.isSame(as: id), "the user is not the cell's")
            case .identityProviderID:
                let sent = id.isEmpty ? identityProvider : id
                try require(body["identityProvider"]?["id"].isText(sent) == true, "the provider is not the cell's")
            case .attribute(let name, let update):
                let sent = row.link.attributes.filter { $0.name.isSame(as: name) }
                if cell.isEmpty {
                    try require(sent.allSatisfy { $0.value != "" }, "an empty cell is sent")
                } else {
                    try require(
                        sent.count == 1 && sent[0].value.isSame(as: cell) && sent[0].update == update,
                        "the column \(name) is sent as \(sent.count) attributes, or with another text"
                    )
                }
            case .attributeObject, .providerAttribute, .ignored, .ownResult, .nameless: continue
            }
        }
        let names = Set(row.link.attributes.map { Array($0.name.utf8) })
        try require(names.count == row.link.attributes.count, "an attribute is sent twice")
        try require(UUIDText(row.link.identityProviderID) == claim.provider, "the claim names two providers")
    }

    private func parsed(_ body: [UInt8]) throws(BrokenRule) -> JSONValue {
        do {
            return try JSONValue(parsing: body)
        } catch {
            throw BrokenRule(description: "the body is no JSON at byte \(error.offset)")
        }
    }
}

extension JSONValue? {
    func isText(_ text: String) -> Bool { self?.string?.isSame(as: text) == true }
}

extension String {
    /// The same bytes; `==` takes two spellings of one letter for equal.
    func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
