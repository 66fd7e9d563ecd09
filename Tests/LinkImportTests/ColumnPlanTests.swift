import CSVReading
import LinkImport
import PingOneAPI
import Testing

@Suite("What the header's columns are for")
struct ColumnPlanTests {
    private func plan(
        _ names: String...,
        update: AttributeUpdate = .emptyOnly,
        map: [String] = [],
        ignoring: [String] = [],
        acceptsProviderAttributes: Bool = false
    ) throws -> ColumnPlan {
        let mappings = map.compactMap { ColumnPlan.Options.Mapping(argument: $0) }
        try #require(mappings.count == map.count)
        return try ColumnPlan(
            header: CSVRecord(line: 1, fields: names),
            options: ColumnPlan.Options(
                update: update,
                map: mappings,
                ignoring: ignoring,
                acceptsProviderAttributes: acceptsProviderAttributes
            )
        )
    }

    private func message(_ work: () throws -> ColumnPlan) -> String {
        do {
            _ = try work()
            return "no error"
        } catch {
            return String(describing: error)
        }
    }

    @Test(
        "the fixed names ignore case, underscores and hyphens",
        arguments: ["userID", "USERID", "user_id", "User-Id", "userid", "_u-s-e-r_ID"]
    )
    func spellings(name: String) throws {
        #expect(
            try plan(name, "external_ID", "identity-provider-id", "ATTRIBUTES").roles
                == [.userID, .externalID, .identityProviderID, .attributeObject]
        )
    }

    @Test("attributes keep their dots and may say how they are updated")
    func attributes() throws {
        let plan = try plan(
            "userID",
            "externalId",
            "attributes.email",
            "Attributes.name.first:ALWAYS",
            "attributes.a:b:EMPTY_ONLY",
            update: .always
        )
        #expect(
            Array(plan.roles.dropFirst(2)) == [
                .attribute(name: "email", update: .always), .attribute(name: "name.first", update: .always),
                .attribute(name: "a:b", update: .emptyOnly),
            ]
        )
    }

    @Test(
        "what an earlier run has written is read over",
        arguments: ["pinglink_line", "PINGLINK_HINT", "pinglink_x.y"]
    )
    func ownColumns(name: String) throws {
        #expect(try plan("userID", "externalId", name).roles[2] == .ownResult)
    }

    @Test("--map gives a column another name, at which the last equals sign parts the two")
    func mapped() throws {
        let plan = try plan(
            "Login",
            "Konto = Nr",
            "Mail",
            map: ["Login=userID", "Konto = Nr=externalId", "Mail=attributes.email:ALWAYS"]
        )
        #expect(plan.roles == [.userID, .externalID, .attribute(name: "email", update: .always)])
        #expect(plan.names == ["Login", "Konto = Nr", "Mail"])
    }

    @Test("--map with a side missing is none", arguments: ["", "=", "a=", "=userID", "userID"])
    func halfAMapping(argument: String) {
        #expect(ColumnPlan.Options.Mapping(argument: argument) == nil)
    }

    @Test("what may stand at the right of --map")
    func targets() {
        #expect(
            ["userID", "external_id", "attributes", "attributes.x", "attributes.x:ALWAYS"].allSatisfy(
                ColumnPlan.isTarget
            )
        )
        #expect(!["", "nonsense", "pinglink_line", "name.first"].contains(where: ColumnPlan.isTarget))
    }

    @Test("--ignore leaves a column out, also a known one, and '*' all that are not known")
    func ignored() throws {
        #expect(
            try plan("userID", "externalId", "note", "attributes.email", ignoring: ["note", "attributes.email"]).roles
                == [.userID, .externalID, .ignored, .ignored]
        )
        #expect(
            try plan("userID", "externalId", "note", "attributes.email", ignoring: ["*"]).roles
                == [.userID, .externalID, .ignored, .attribute(name: "email", update: .emptyOnly)]
        )
    }

    @Test("unknown columns are named, with both ways out")
    func unknown() {
        #expect(
            message { try plan("userID", "externalId", "Mail", "") }
                == "line 1: the header has \"Mail\", \"(column 4, without a name)\", which is not known. Nothing is sent "
                + "that the header does not name: say what it is with --map 'Mail=attributes.NAME', "
                + "or leave it out with --ignore 'Mail'."
        )
    }

    @Test("required columns that are missing are named, with the way out")
    func missing() {
        #expect(
            message { try plan("userID") }
                == "line 1: the header lacks \"externalId\". Add it, or name the column that holds it: "
                + "--map 'COLUMN=externalId'."
        )
        #expect(
            message { try plan("attributes") }
                == "line 1: the header lacks \"userID\", \"externalId\". Add them, or name the column that holds it: "
                + "--map 'COLUMN=userID'."
        )
    }

    @Test("a header that is one name with another delimiter in it")
    func otherDelimiter() {
        let advice = [
            ("userID;externalId", "semicolons in it. If they stand between the fields, say --delimiter ';'."),
            ("userID\texternalId", "tabs in it. If they stand between the fields, say --delimiter tab."),
            ("userID|externalId", "bars in it. If they stand between the fields, say --delimiter '|'."),
            ("userID,externalId", "commas in it. If they stand between the fields, leave --delimiter out."),
        ]
        for (name, text) in advice {
            #expect(message { try plan(name) } == "line 1: the header is one name with \(text)")
        }
    }

    @Test("a row where the header belongs is not repeated in the message")
    func noHeader() {
        let rule =
            "line 1: this looks like a row, not like a header: a name is a UUID. "
            + "Put a line before it that names the columns: userID,externalId"
        #expect(message { try plan("788D4931-6936-43f2-82ff-178f5762298a", "1234567890") } == rule)
        #expect(message { try plan("1234567890", "788D4931-6936-43f2-82ff-178f5762298a", "x") } == rule)
    }

    @Test("a column that stands twice")
    func twice() {
        #expect(
            message { try plan("userID", "user_id", "externalId") }
                == "line 1: the header names userID twice. Leave one out with --ignore."
        )
    }

    @Test("an update that there is not", arguments: ["attributes.x:always", "attributes.x:", "attributes.:ALWAYS"])
    func wrongUpdate(name: String) {
        #expect(
            message { try plan("userID", "externalId", name) }
                == "line 1: column \"\(name)\": behind the colon stands the update, EMPTY_ONLY or ALWAYS."
        )
    }

    @Test(
        "a NUL in a name, whatever is to become of the column",
        arguments: ["attributes.e\0mail", "\0", "externalId\0"]
    )
    func nul(name: String) {
        #expect(
            message { try plan("userID", "externalId", name, ignoring: ["*"]) }
                == "line 1: column 3: the header has a NUL character. Remove it; was the file saved as UTF-16?"
        )
    }

    @Test("raw attributes need mappings")
    func providerAttributes() {
        #expect(
            message { try plan("userID", "externalId", "providerAttributes.email") }
                == "line 1: column \"providerAttributes.email\" is a raw attribute of the identity provider, "
                + "which needs --mappings. Leave it out with --ignore 'providerAttributes.email', "
                + "or name it as attributes.NAME."
        )
        #expect(
            message { try plan("userID", "externalId", "providerAttributes.id", "providerAttributes.name") }
                == "line 1: columns \"providerAttributes.id\", \"providerAttributes.name\" are raw attributes of the "
                + "identity provider, which need --mappings. Leave them out with --ignore 'providerAttributes.id' and "
                + "so on, or name them as attributes.NAME."
        )
    }

    @Test("with mappings, raw attributes keep their names, dots included; another column may stand for one")
    func acceptedProviderAttributes() throws {
        let plan = try plan(
            "userID",
            "externalId",
            "providerAttributes.name.givenName",
            "Provider_Attributes.ID",
            "handle",
            "providerAttributes.email",
            map: ["handle=providerAttributes.screen_name"],
            ignoring: ["providerAttributes.email"],
            acceptsProviderAttributes: true
        )
        #expect(
            Array(plan.roles.dropFirst(2)) == [
                .providerAttribute("name.givenName"), .providerAttribute("ID"), .providerAttribute("screen_name"),
                .ignored,
            ]
        )
    }

    @Test("a raw attribute twice")
    func repeatedProviderAttribute() {
        let text = message {
            try plan(
                "userID",
                "externalId",
                "providerAttributes.id",
                "X id",
                map: ["X id=providerAttributes.id"],
                acceptsProviderAttributes: true
            )
        }
        #expect(text == "line 1: the header names providerAttributes.id twice. Leave one out with --ignore.")
    }

    @Test("--map of a column that is not there")
    func absentMapping() {
        #expect(
            message { try plan("userID", "externalId", map: ["Login=userID"]) }
                == "line 1: --map names \"Login\", which the header does not have."
        )
    }

    @Test("all mistakes are told at once")
    func several() {
        let text = message { try plan("userID", "userID", "x", "attributes.a:b") }
        #expect(text.split(separator: "\n").count == 4)
    }

    @Test("names that PingOne keeps for itself are noticed")
    func reserved() throws {
        #expect(
            try plan("userID", "externalId", "attributes.id", "attributes.email", "attributes.enabled:ALWAYS")
                .reservedAttributes == ["id", "enabled"]
        )
    }
}
