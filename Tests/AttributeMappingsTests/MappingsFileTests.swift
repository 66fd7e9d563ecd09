import AttributeMappings
import CSVReading
import LinkRows
import PingOneAPI
import TestKit
import Testing

@Suite("The file of attribute mappings")
struct MappingsFileTests {
    private func read(_ text: String) throws -> MappingsFile {
        let folder = try TemporaryFolder()
        return try MappingsFile(path: folder.write("m.csv", text))
    }

    /// What the file is refused with, without the folder.
    private func refusal(_ text: String) throws -> String {
        let folder = try TemporaryFolder()
        let path = try folder.write("m.csv", text)
        let error = try #require(throws: BrokenInput.self) { try MappingsFile(path: path) }
        return error.description.replacing("\(folder.path)/", with: "")
    }

    @Test("reads name, value and update, with the lines")
    func plain() throws {
        let file = try read(
            """
            name,value,update
            email,${providerAttributes.email},ALWAYS

            name.formatted,"${providerAttributes.first}, ${providerAttributes.last}",EMPTY_ONLY
            nickname,${samlAssertion.subject},

            """
        )
        #expect(file.lines.map(\.line) == [2, 4, 5])
        #expect(
            file.lines.map(\.mapping) == [
                AttributeMapping(name: "email", value: "${providerAttributes.email}", update: .always),
                AttributeMapping(
                    name: "name.formatted",
                    value: "${providerAttributes.first}, ${providerAttributes.last}",
                    update: .emptyOnly
                ),
                AttributeMapping(name: "nickname", value: "${samlAssertion.subject}", update: .emptyOnly),
            ]
        )
        #expect(file.lines.map(\.template.providerAttributes) == [["email"], ["first", "last"], []])
    }

    @Test(
        "columns in any order and spelling, update may be missing",
        arguments: [
            "VALUE,Name\n${providerAttributes.id},username\n",
            "up_date,N-A-M-E,value\nEMPTY_ONLY,username,${providerAttributes.id}\n",
            "\u{FEFF}name,value,update\r\nusername, ${providerAttributes.id} ,\r\n",
        ]
    )
    func header(text: String) throws {
        let mapping = AttributeMapping(name: "username", value: "${providerAttributes.id}", update: .emptyOnly)
        #expect(try read(text).lines.map(\.mapping) == [mapping])
    }

    @Test("a header and nothing else asks for nothing")
    func empty() throws {
        #expect(try read("name,value\n").lines == [])
    }

    @Test(
        "what is wrong with the header",
        arguments: [
            ("", "m.csv: line 1: there is no header. The first record names the columns: name,value,update"),
            (
                "\nuserID,,name\n",
                """
                m.csv: line 2: the header has "userID", which is not known. The columns are name, value and update; leave the others out.
                m.csv: line 2: the header has a column 2 without a name, which is not known. The columns are name, value and update; leave the others out.
                m.csv: line 2: the header lacks "value". Add the column.
                """
            ),
            (
                "name;value;update\n",
                "m.csv: line 1: the header is one name with semicolons in it: save the file with commas."
            ),
            ("name,value,Name\n", "m.csv: line 1: the header names name twice. Leave one out."),
        ]
    )
    func brokenHeader(text: String, message: String) throws {
        #expect(try refusal(text) == message)
    }

    @Test(
        "each mistake has its line and column",
        arguments: [
            (
                "email,${providerAttributes.email},SOMETIMES",
                #"column "update": expected EMPTY_ONLY or ALWAYS, or nothing for EMPTY_ONLY."#
            ),
            (
                ",${providerAttributes.email},",
                #"column "name": the name is empty. Name the user attribute, such as email or name.first."#
            ),
            (
                "lifecycle,${providerAttributes.email},",
                #"column "name": PingOne keeps "lifecycle" for itself. Map another user attribute."#
            ),
            (
                "nickname,${providerAttributes.,",
                #"column "value": the placeholder that begins at character 1 has no closing brace; it has the form ${providerAttributes.NAME}."#
            ),
            (
                "title,fixed,",
                #"column "value": no placeholder, so every user would get the same. Write ${providerAttributes.NAME}."#
            ),
            (
                "locale,${providerAttributes.locale}",
                "2 fields where the header has 3. Quote fields that hold a comma, or add the missing fields."
            ),
            ("photo,\u{0},", #"column "value": a NUL character. Remove it; was the file saved as UTF-16?"#),
        ]
    )
    func each(row: String, message: String) throws {
        #expect(try refusal("name,value,update\n\(row)\n") == "m.csv: line 2: \(message)")
    }

    @Test("of many mistakes the first two are told, and how many there are besides")
    func allAtOnce() throws {
        let text = """
            name,value,update
            email,${providerAttributes.email},SOMETIMES
            ,${providerAttributes.email},
            lifecycle,${providerAttributes.email},
            nickname,${providerAttributes.,always
            title,fixed,
            locale,${providerAttributes.locale}
            username,${providerAttributes.id},
            photo,\u{0},
            username,${providerAttributes.email},
            """
        #expect(
            try refusal(text) == """
                m.csv: line 2: column "update": expected EMPTY_ONLY or ALWAYS, or nothing for EMPTY_ONLY.
                m.csv: line 3: column "name": the name is empty. Name the user attribute, such as email or name.first.
                And 7 more mistakes: correct those above, then run again.
                """
        )
    }

    @Test(
        "names that PingOne keeps for itself",
        arguments: ["account", "id", "created", "updated", "lifecycle", "mfaEnabled", "enabled"]
    )
    func reserved(name: String) throws {
        #expect(
            try refusal("name,value\n\(name),${providerAttributes.id}\n")
                == "m.csv: line 2: column \"name\": PingOne keeps \"\(name)\" for itself. Map another user attribute."
        )
    }

    @Test("attribute names differ by more than upper and lower case, but parts of reserved ones are free")
    func similarNames() throws {
        #expect(
            try refusal("name,value\nemail,${providerAttributes.a}\nEmail,${providerAttributes.a}\n")
                == "m.csv: line 3: column \"name\": \"Email\" stands on line 2 already. An attribute has one mapping: "
                + "keep one of the two."
        )
        #expect(
            try refusal("name,value\nMFAEnabled,${providerAttributes.a}\n")
                == "m.csv: line 2: column \"name\": PingOne keeps \"MFAEnabled\" for itself. Map another user attribute."
        )
        #expect(try read("name,value\nenabled.x,${providerAttributes.a}\n").lines.count == 1)
    }

    @Test("a broken structure is told in the words of the CSV")
    func structure() throws {
        #expect(
            try refusal("name,value\nemail,\"${providerAttributes.email}\n")
                == "m.csv: line 2, column 7: the quote that opens here is never closed. Close it, or check that the file is complete."
        )
    }

    @Test("a file that is not there")
    func missing() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("none.csv")
        #expect(throws: InputError.cannotRead(name: path, reason: "No such file or directory")) {
            try MappingsFile(path: path)
        }
    }

    @Test("what the provider's type cannot fill is told with what it can")
    func offered() throws {
        let folder = try TemporaryFolder()
        let file = try MappingsFile(
            path: folder.write(
                "m.csv",
                """
                name,value
                email,${providerAttributes.mail} ${providerAttributes.email} ${providerAttributes.E}
                nickname,${samlAssertion.subject}
                """
            )
        )
        let apple = try #require(throws: BrokenInput.self) { try file.check(against: ProviderType(apiName: "APPLE")) }
        #expect(
            apple.description.replacing("\(folder.path)/", with: "") == """
                m.csv: line 2: column "value": APPLE offers no attribute "mail".
                And 2 more mistakes: correct those above, then run again.
                APPLE offers: sub, email, email_verified.
                """
        )
        let openID = try #require(throws: BrokenInput.self) {
            try file.check(against: ProviderType(apiName: "OPENID_CONNECT"))
        }
        #expect(
            openID.description.replacing("\(folder.path)/", with: "")
                == "m.csv: line 3: column \"value\": OPENID_CONNECT has no ${samlAssertion.subject}: that is for SAML providers."
        )
        try file.check(against: ProviderType(apiName: "SAML"))
    }
}
