import CSVReading
import LinkRows
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
        arguments: [
            "userID", "USERID", "user_id", "User-Id", "userid", "_u-s-e-r_ID", "user id", "\u{FEFF}userID\u{A0}",
        ]
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

    @Test("a message has room for twenty columns, and a column with a very long name goes by its number")
    func manyAndLong() throws {
        let names = ["userID", "externalId"] + (1...2_000).map { "c\($0)" }
        let header = CSVRecord(line: 1, fields: names)
        let many = message { try ColumnPlan(header: header, options: ColumnPlan.Options()) }
        #expect(many.contains(#""c19", "c20" and 1980 more, which are not known."#), "\(many)")
        #expect(many.count < 1_000)
        let long = String(repeating: "x", count: 500_000)
        #expect(
            message { try plan("userID", "externalId", long) }.contains("the header has \"#3\", which is not known.")
        )
        #expect(try plan("userID", "externalId", long, ignoring: ["#3"]).roles[2] == .ignored)
    }

    @Test("unknown columns are named, with both ways out")
    func unknown() {
        #expect(
            message { try plan("userID", "externalId", "Colour", "") }
                == "line 1: the header has \"Colour\", which is not known. Nothing is sent that the header does not "
                + "name: say what it is with --map 'Colour=attributes.NAME', or leave it out with --ignore 'Colour'."
        )
        #expect(
            message { try plan("userID", "externalId", "E-Mail", "that's\u{FEFF}it") }
                == "line 1: the header has \"E-Mail\", \"that's\\u{FEFF}it\", which are not known. Nothing is sent that "
                + "the header does not name: say what each is with --map 'E-Mail=attributes.email', "
                + "or leave them out with --ignore 'E-Mail' --ignore 'that'\\''s\\u{FEFF}it'."
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
                == "line 1: the header lacks \"userID\", \"externalId\". Add them, or name the columns that hold them: "
                + "--map 'COLUMN=userID' --map 'COLUMN=externalId'."
        )
    }

    @Test("a header that is one name with another delimiter in it")
    func otherDelimiter() {
        let advice = [
            ("userID;externalId", "semicolons in it. If they stand between the fields, say --delimiter ';'."),
            ("userID\texternalId", "tabs in it. If they stand between the fields, say --delimiter tab."),
            ("userID|externalId", "bars in it. If they stand between the fields, say --delimiter '|'."),
            ("userID,externalId", "commas in it. If they stand between the fields, say --delimiter ','."),
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
                == "line 1: the header names userID twice, in the columns #1, #2. Leave out what is not meant: "
                + "--ignore '#2', for instance."
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
                == "line 1: column 3: the header has a NUL character. Remove it; if the file is UTF-16: --encoding UTF-16LE."
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
        #expect(
            text == "line 1: the header names providerAttributes.id twice, in the columns #3, #4. "
                + "Leave out what is not meant: --ignore '#4', for instance."
        )
    }

    @Test("--map of a column that is not there")
    func absentMapping() {
        #expect(
            message { try plan("userID", "externalId", map: ["Login=userID"]) }
                == "line 1: --map (or map: in the configuration file) names \"Login\", which the header does not have. "
                + "It has \"userID\", \"externalId\"."
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

    @Test("a column without a name is one only where it is addressed by its number")
    func nameless() throws {
        let plan = try plan("userID", "", "", "", map: ["#2=externalId"], ignoring: ["#3"])
        #expect(plan.roles == [.userID, .externalID, .ignored, .nameless])
        #expect(plan.shownNames == ["userID", "#2", "#3", "#4"])
        #expect(
            message { try self.plan("userID", "\u{A0}") }
                == "line 1: the header lacks \"externalId\". Add it, or name the column that holds it: "
                + "--map '#2=externalId'."
        )
    }

    @Test("invisible characters at the ends of a name are no part of it, and flags may name it either way")
    func invisible() throws {
        for argument in ["Mail", "\u{200B}Mail\u{AD}"] {
            #expect(
                try plan("userID", "externalId", "\u{200B}Mail\u{AD} ", map: ["\(argument)=attributes.email"]).roles[2]
                    == .attribute(name: "email", update: .emptyOnly)
            )
        }
        #expect(try plan("userID", "externalId", "a\u{200B}b", ignoring: ["a\\u{200B}b"]).roles[2] == .ignored)
        #expect(
            try plan("userID", "externalId", "attributes.email\u{FEFF}").roles[2]
                == .attribute(name: "email", update: .emptyOnly)
        )
    }
}
