import CSVReading
import PingOneAPI
import Testing

@testable import LinkRows

@Suite("Attribute mappings, bound to a header")
struct BoundMappingsTests {
    private static func bind(_ mappings: [AttributeMapping], to header: [String]) throws -> BoundMappings {
        let plan = try ColumnPlan(
            header: CSVRecord(line: 1, fields: ["userID", "externalId"] + header),
            options: ColumnPlan.Options(acceptsProviderAttributes: true)
        )
        return BoundMappings(mappings, of: "m.csv", plan: plan)
    }

    /// What the mappings append to the row's own attributes.
    private static func filled(
        _ mappings: [AttributeMapping],
        _ header: [String],
        _ fields: [String],
        explicit: [UserAttribute] = []
    ) throws -> [UserAttribute] {
        var attributes = explicit
        try bind(mappings, to: header).append(CSVRecord(line: 2, fields: ["u", "x"] + fields), to: &attributes)
        #expect(Array(attributes.prefix(explicit.count)) == explicit)
        return Array(attributes.dropFirst(explicit.count))
    }

    private static let username = AttributeMapping.of("username", "${providerAttributes.id}")
    private static let email = AttributeMapping.of("email", "${providerAttributes.email}", .always)
    private static let full = AttributeMapping.of("full", "${providerAttributes.first} ${providerAttributes.last}!")

    @Test("values keep their text, updates are the mapping's, the order is that of the mappings")
    func order() throws {
        let id = "12345678901234567890"
        #expect(
            try Self.filled(
                [Self.username, Self.email],
                ["providerAttributes.email", "ProviderAttributes.id"],
                ["🦊@example.com", id]
            ) == [
                UserAttribute(name: "username", value: id, update: .emptyOnly),
                UserAttribute(name: "email", value: "🦊@example.com", update: .always),
            ]
        )
    }

    @Test(
        "text between placeholders stays; empty cells give nothing, and nothing but empty cells no attribute",
        arguments: [
            (["Ada", "Lovelace"], "Ada Lovelace!"), (["Ada", ""], "Ada !"), (["", "Lovelace"], " Lovelace!"),
            (["", ""], nil), ([" ", ""], "  !"),
        ]
    )
    func placeholders(fields: [String], text: String?) throws {
        let header = ["providerAttributes.first", "providerAttributes.last"]
        #expect(try Self.filled([Self.full], header, fields).map(\.value) == (text.map { [$0] } ?? []))
    }

    @Test("a column that is not there is as good as an empty cell")
    func absentColumn() throws {
        #expect(try Self.filled([Self.full], ["providerAttributes.last"], ["L"]).map(\.value) == [" L!"])
        #expect(try Self.filled([Self.full], [], []) == [])
    }

    @Test("a mapping without placeholders gives its text, an empty one nothing")
    func constant() throws {
        let mappings = [AttributeMapping.of("locale", "en"), .of("title", "")]
        #expect(
            try Self.filled(mappings, [], []) == [UserAttribute(name: "locale", value: "en", update: .emptyOnly)]
        )
    }

    @Test("an attribute that the row has already wins; an empty cell of its column does not")
    func explicit() throws {
        let header = ["providerAttributes.email", "attributes.email:EMPTY_ONLY", "providerAttributes.id"]
        #expect(
            try Self.filled([Self.username, Self.email], header, ["a@example.com", "", "7"]).map(\.name)
                == ["username", "email"]
        )
        #expect(
            try Self.filled(
                [Self.username, Self.email],
                header,
                ["a@example.com", "b@example.com", "7"],
                explicit: [UserAttribute(name: "email", value: "b@example.com", update: .emptyOnly)]
            ).map(\.name) == ["username"]
        )
    }

    @Test("what keeps a mapping from its full effect is told once, with mapping and column")
    func warnings() throws {
        let bound = try Self.bind(
            [
                Self.username, Self.full, .of("subject", "${samlAssertion.subject}"), .of("bad", "${user.id}"),
                .of("email", "${user.email}"), .of("locale", "en"),
            ],
            to: ["attributes.email", "providerAttributes.first", "providerAttributes.spare"]
        )
        #expect(
            bound.warnings == [
                "The mapping \"username\" of m.csv: it reads the column \"providerAttributes.id\", which the header "
                    + "does not have: as if its cells were empty. If another column holds it: "
                    + "--map 'COLUMN=providerAttributes.id'.",
                "The mapping \"full\" of m.csv: it reads the column \"providerAttributes.last\", which the header "
                    + "does not have: as if its cells were empty. If another column holds it: "
                    + "--map 'COLUMN=providerAttributes.last'.",
                "The mapping \"subject\" of m.csv: it reads ${samlAssertion.subject}, for which there is no column: "
                    + "it is not applied.",
                "The mapping \"bad\" of m.csv: the placeholder ${user.id} at character 1 is neither "
                    + "${providerAttributes.NAME} nor ${samlAssertion.subject}: it is not applied.",
            ]
        )
        #expect(bound.columns == [3])
    }

    @Test("the column of a mapping that an explicit one stands in for counts as read")
    func replacedColumn() throws {
        let bound = try Self.bind([Self.email], to: ["attributes.email", "providerAttributes.email"])
        #expect(bound.columns == [3])
        #expect(bound.warnings == [])
    }
}

extension AttributeMapping {
    static func of(_ name: String, _ value: String, _ update: AttributeUpdate = .emptyOnly) -> AttributeMapping {
        AttributeMapping(name: name, value: value, update: update)
    }
}
