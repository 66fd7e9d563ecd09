import CSVReading
import LinkRows
import PingOneAPI
import TestKit
import Testing

@Suite("A record becomes a row, or it is said why not")
struct RowBinderTests {
    private static let user = SampleIDs.user(1)

    private func read(
        _ header: [String],
        _ fields: [String],
        provider: String? = SampleIDs.provider,
        userKey: UserKey? = nil
    ) throws -> RowBinder.Reading {
        let plan = try ColumnPlan(header: CSVRecord(line: 1, fields: header), options: ColumnPlan.Options())
        return RowBinder(plan: plan, identityProvider: provider, defaultUpdate: .emptyOnly, userKey: userKey)
            .read(CSVRecord(line: 7, fields: fields))
    }

    private func attributes(_ header: [String], _ fields: [String]) throws -> [UserAttribute] {
        let reading = try read(["userID", "externalId"] + header, [Self.user, "x"] + fields)
        guard case .fit(let row, _) = reading else {
            Issue.record("\(reading)")
            return []
        }
        return row.link.attributes
    }

    @Test("a row keeps its texts as they are")
    func fit() throws {
        let upper = SampleIDs.provider.uppercased()
        let reading = try read(["externalId", "userID", "identityProviderId"], ["00123", Self.user, upper])
        guard case .fit(let row, let claim) = reading else {
            Issue.record("\(reading)")
            return
        }
        #expect(row.line == 7)
        #expect(row.user == .id(Self.user))
        #expect(row.link == LinkRequest(identityProviderID: upper, externalID: "00123"))
        #expect(claim.provider == UUIDText(SampleIDs.provider))
    }

    @Test("an empty cell for the identity provider means the one for all")
    func defaultProvider() throws {
        guard case .fit(let row, _) = try read(["userID", "externalId", "identityProviderId"], [Self.user, "x", ""])
        else {
            Issue.record("the row is fit")
            return
        }
        #expect(row.link.identityProviderID == SampleIDs.provider)
    }

    @Test("attributes are sent in the order of the columns; empty cells are not sent")
    func attributeOrder() throws {
        #expect(
            try attributes(
                ["attributes.b", "attributes", "attributes.a:ALWAYS", "attributes.c"],
                ["1", #"{"z":"2","y":{"value":"3","update":"ALWAYS"},"x":{"value":"4"}}"#, "5", ""]
            ) == [
                UserAttribute(name: "b", value: "1", update: .emptyOnly),
                UserAttribute(name: "z", value: "2", update: .emptyOnly),
                UserAttribute(name: "y", value: "3", update: .always),
                UserAttribute(name: "x", value: "4", update: .emptyOnly),
                UserAttribute(name: "a", value: "5", update: .always),
            ]
        )
        #expect(try attributes(["attributes"], ["{}"]) == [])
    }

    struct Unfit: Sendable, CustomTestStringConvertible {
        var header = ["userID", "externalId"]
        var fields: [String]
        var provider: String? = SampleIDs.provider
        var code: String
        var text: String

        var testDescription: String { text }
    }

    private static let cases: [Unfit] = [
        Unfit(
            fields: [user],
            code: "WRONG_FIELD_COUNT",
            text: "line 7: 1 field where the header has 2. "
                + "Quote fields that hold the delimiter, or add the missing fields."
        ),
        Unfit(
            fields: [user, "secret", "x"],
            code: "WRONG_FIELD_COUNT",
            text: "line 7: 3 fields where the header has 2. "
                + "Quote fields that hold the delimiter, or add the missing fields."
        ),
        Unfit(
            fields: [user, "sec\0ret"],
            code: "NUL_CHARACTER",
            text: "line 7: column \"externalId\": a NUL character. "
                + "Remove the NUL character; was the file saved as UTF-16?"
        ),
        Unfit(
            fields: ["secret", "x"],
            code: "INVALID_USER_ID",
            text: "line 7: column \"userID\": the user id is not a UUID. "
                + "Give the PingOne user's id, a UUID; for user names or e-mail addresses use --user-key."
        ),
        Unfit(
            fields: [user, ""],
            code: "EMPTY_EXTERNAL_ID",
            text: "line 7: column \"externalId\": the external id is empty. "
                + "Give the account's id at the identity provider, as text."
        ),
        Unfit(
            fields: [user, String(repeating: "é", count: 1025)],
            code: "EXTERNAL_ID_TOO_LONG",
            text: "line 7: column \"externalId\": the external id has 1025 characters, more than 1024. "
                + "Give the account's id at the identity provider, as text."
        ),
        Unfit(
            header: ["userID", "externalId", "identityProviderId"],
            fields: [user, "x", "secret"],
            code: "INVALID_IDENTITY_PROVIDER_ID",
            text: "line 7: column \"identityProviderId\": the identity provider id is not a UUID. "
                + "Give the identity provider's id in PingOne, or leave the cell empty for --idp."
        ),
        Unfit(
            header: ["userID", "externalId", "identityProviderId"],
            fields: [user, "x", ""],
            provider: nil,
            code: "NO_IDENTITY_PROVIDER",
            text: "line 7: column \"identityProviderId\": the row names no identity provider. "
                + "Fill the cell, or name one for all with --idp."
        ),
        Unfit(
            header: ["userID", "externalId", "attributes"],
            fields: [user, "x", #"{"secret":"#],
            code: "INVALID_ATTRIBUTES",
            text: "line 7: column \"attributes\": not valid JSON (at byte 11 of the cell). "
                + #"Write {"email":"l@example.com"} or {"email":{"value":"l@example.com","update":"ALWAYS"}}."#
        ),
        Unfit(
            header: ["userID", "externalId", "attributes.email", "attributes.email:ALWAYS"],
            fields: [user, "x", "secret", "secret"],
            code: "ATTRIBUTE_NAMED_TWICE",
            text: "line 7: the attribute \"email\" is named twice. Keep one of the two."
        ),
    ]

    @Test("each rule has its code and says what to do, without the cell's value", arguments: cases)
    func unfit(example: Unfit) throws {
        guard case .unfit(let issue, _) = try read(example.header, example.fields, provider: example.provider) else {
            Issue.record("the row is not fit")
            return
        }
        #expect(issue.code == example.code)
        #expect(issue.description == example.text)
        #expect(!issue.description.contains("secret"))
    }

    @Test("a row of a result file whose fields have moved is not taken for another one")
    func shifted() throws {
        let header = ["userID", "externalId", "pinglink_line", "pinglink_state", "pinglink_error", "pinglink_hint"]
        let user = "788d4931-6936-43f2-82ff-178f5762298a"
        // The field that was missing was added at the end, the one too many was cut off: the number of fields is right.
        for fields in [
            [user, "3", "invalid", "WRONG_FIELD_COUNT, 1 field", "Quote fields", ""],
            [user, "account", "Smith", "3", "invalid", "WRONG_FIELD_COUNT, 3 fields"],
        ] {
            guard case .unfit(let issue, nil) = try read(header, fields) else {
                Issue.record("\(fields) is fit")
                continue
            }
            #expect(issue.code == "FIELDS_SHIFTED")
            #expect(
                issue.description
                    == "line 7: the fields do not stand below their names: pinglink_state holds "
                    + "something else. Put each field below its name: one is missing or too many before pinglink_line."
            )
        }
        for state in ["invalid", "rejected", "failed", "unsettled", ""] {
            guard case .fit = try read(header, [user, "account", "3", state, "x", "y"]) else {
                Issue.record("a row that is \(state) is unfit")
                continue
            }
        }
    }

    @Test("the name of a user is kept as it is; how it is written tells no users apart, but for external ids")
    func userName() throws {
        for key in UserKey.allCases {
            let hashes = try ["Ab \"c\"", "aB \"C\""].map { text -> Int in
                let reading = try read(["userID", "externalId"], [text, "x"], userKey: key)
                guard case .fit(let row, let claim) = reading else {
                    Issue.record("\(reading)")
                    return 0
                }
                #expect(row.user == .key(UserName(key, text)))
                return claim.userHash
            }
            #expect((hashes[0] == hashes[1]) == (key != .externalID))
        }
    }

    @Test("a name that is empty or longer than PingOne permits")
    func unfitUserName() throws {
        let cases = [
            (UserKey.username, "", "EMPTY_USER_KEY", "the user's username is empty"),
            (
                .username, String(repeating: "é", count: 129), "USER_KEY_TOO_LONG",
                "the user's username has 129 characters, more than 128"
            ),
            (
                .email, String(repeating: "é", count: 255), "USER_KEY_TOO_LONG",
                "the user's email has 255 characters, more than 254"
            ),
            (
                .externalID, String(repeating: "é", count: 1025), "USER_KEY_TOO_LONG",
                "the user's externalId has 1025 characters, more than 1024"
            ),
        ]
        for (key, text, code, problem) in cases {
            guard case .unfit(let issue, nil) = try read(["userID", "externalId"], [text, "x"], userKey: key) else {
                Issue.record("the row is not fit")
                continue
            }
            #expect(issue.code == code)
            #expect(
                issue.description
                    == "line 7: column \"userID\": \(problem). Give the user's \(key.rawValue) in PingOne."
            )
            let shorter = String(text.dropLast())
            guard !shorter.isEmpty else { continue }
            guard case .fit = try read(["userID", "externalId"], [shorter, "x"], userKey: key) else {
                Issue.record("the row is fit")
                continue
            }
        }
    }

    @Test("1,024 characters are not too many for an external id")
    func longest() throws {
        guard case .fit = try read(["userID", "externalId"], [Self.user, String(repeating: "é", count: 1024)]) else {
            Issue.record("the row is fit")
            return
        }
    }

    @Test(
        "a cell of attributes of another shape",
        arguments: [
            "[]", "\"secret\"", "7", "null", #"{"a":7}"#, #"{"a":null}"#, #"{"":"x"}"#, #"{"a":{"update":"ALWAYS"}}"#,
            #"{"a":{"value":7}}"#, #"{"a":{"value":"x","update":"always"}}"#, #"{"a":{"value":"x","more":"y"}}"#,
            #"{"a":{"value":"x","value":"y"}}"#, #"{"a":{"value":"x","update":null}}"#,
        ]
    )
    func wrongShape(cell: String) throws {
        let reading = try read(["userID", "externalId", "attributes"], [Self.user, "x", cell])
        guard case .unfit(let issue, let claim) = reading else {
            Issue.record("\(reading)")
            return
        }
        #expect(issue.code == "INVALID_ATTRIBUTES")
        #expect(
            issue.problem
                == "column \"attributes\": not a JSON object of attributes, each a text or a value with its update"
        )
        #expect(claim != nil, "the account is claimed all the same")
    }

    @Test("an attribute that a cell names twice, or a cell and a column")
    func namedTwice() throws {
        for (header, fields) in [
            (["attributes"], [#"{"a":"1","a":"2"}"#]), (["attributes", "attributes.a"], [#"{"a":"1"}"#, "2"]),
        ] {
            let reading = try read(["userID", "externalId"] + header, [Self.user, "x"] + fields)
            guard case .unfit(let issue, .some) = reading else {
                Issue.record("\(reading)")
                continue
            }
            #expect(issue.rule == .attributeNamedTwice(name: "a"))
        }
    }

    @Test("what mappings make of raw attributes follows the explicit ones, and never makes a row unfit")
    func mapped() throws {
        let plan = try ColumnPlan(
            header: CSVRecord(
                line: 1,
                fields: ["userID", "externalId", "providerAttributes.id", "attributes", "attributes.nickname"]
            ),
            options: ColumnPlan.Options(acceptsProviderAttributes: true)
        )
        let mappings = ["nickname", "email", "username", "locale"].map {
            AttributeMapping(name: $0, value: "${providerAttributes.id}", update: .always)
        }
        let binder = RowBinder(
            plan: plan,
            identityProvider: SampleIDs.provider,
            defaultUpdate: .emptyOnly,
            mappings: MappingBook(.file(name: "m.csv", mappings)) { Issue.record("\($0)") }
        )
        let record = CSVRecord(line: 2, fields: [Self.user, "x", "7", #"{"email":"e","a":"b"}"#, ""])
        guard case .fit(let row, _) = binder.read(record) else {
            Issue.record("the row is fit")
            return
        }
        #expect(
            row.link.attributes == [
                UserAttribute(name: "email", value: "e", update: .emptyOnly),
                UserAttribute(name: "a", value: "b", update: .emptyOnly),
                UserAttribute(name: "nickname", value: "7", update: .always),
                UserAttribute(name: "username", value: "7", update: .always),
                UserAttribute(name: "locale", value: "7", update: .always),
            ]
        )
    }
}
