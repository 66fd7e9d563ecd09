import PingOneAPI
import Testing

@Suite("The template of a mapping's value")
struct MappingTemplateTests {
    @Test(
        "text and placeholders, in their order",
        arguments: [
            ("${providerAttributes.email}", [.providerAttribute("email")]),
            ("${providerAttributes.name.givenName}", [.providerAttribute("name.givenName")]),
            (
                "${providerAttributes.https://example.com/claims/id}",
                [.providerAttribute("https://example.com/claims/id")]
            ),
            ("${samlAssertion.subject}", [.samlSubject]),
            (
                "${providerAttributes.first} ${providerAttributes.last}!",
                [.providerAttribute("first"), .text(" "), .providerAttribute("last"), .text("!")]
            ),
            ("${providerAttributes.a}${providerAttributes.b}", [.providerAttribute("a"), .providerAttribute("b")]),
            ("X-${samlAssertion.subject}", [.text("X-"), .samlSubject]),
            ("plain", [.text("plain")]),
            ("$ {a} } $$", [.text("$ {a} } $$")]),
            ("", []),
        ] as [(String, [MappingTemplate.Part])]
    )
    func parts(value: String, parts: [MappingTemplate.Part]) throws {
        let template = try MappingTemplate(value)
        #expect(template.parts == parts)
        #expect(template.hasPlaceholder == value.contains("${"))
    }

    @Test(
        "what is wrong with a placeholder, and where",
        arguments: [
            (
                "${providerAttributes.email", .unclosed(character: 1),
                "the placeholder that begins at character 1 has no closing brace; it has the form ${providerAttributes.NAME}"
            ),
            (
                "é: ${", .unclosed(character: 4),
                "the placeholder that begins at character 4 has no closing brace; it has the form ${providerAttributes.NAME}"
            ),
            (
                "a${}", .empty(character: 2),
                "the placeholder at character 2 is empty; it has the form ${providerAttributes.NAME}"
            ),
            (
                "${providerAttributes.}", .malformed(character: 1),
                "the placeholder at character 1 is not a name; it has the form ${providerAttributes.NAME}"
            ),
            (
                "${email}", .unknown("email", character: 1),
                "the placeholder ${email} at character 1 is neither ${providerAttributes.NAME} nor ${samlAssertion.subject}"
            ),
        ] as [(String, MappingTemplateError, String)]
    )
    func errors(value: String, error: MappingTemplateError, message: String) {
        #expect(throws: error) { try MappingTemplate(value) }
        #expect(error.description == message)
    }

    @Test(
        "names have no empty part, no blank, no quote and no other placeholder",
        arguments: [
            "${ providerAttributes.email }", "${providerAttributes.e mail}", "${providerAttributes..email}",
            "${.providerAttributes.email}", "${providerAttributes.email.}", "${providerAttributes.\n}", "${ }",
            "${providerAttributes.${providerAttributes.email}}", "${providerAttributes.\"email\"}",
            "${providerAttributes.'email'}", "${providerAttributes.\u{7}}", "${providerAttributes.a{b}",
        ]
    )
    func malformed(value: String) {
        #expect(throws: MappingTemplateError.malformed(character: 1)) { try MappingTemplate(value) }
    }

    @Test(
        "only two expressions are known, to the letter",
        arguments: [
            "providerAttributes", "providerattributes.email", "user.email", "samlAssertion", "samlAssertion.Subject",
            "samlAssertion.subject.x", "samlassertion.subject",
        ]
    )
    func unknown(expression: String) {
        #expect(throws: MappingTemplateError.unknown(expression, character: 3)) {
            try MappingTemplate("1 ${\(expression)}")
        }
    }

    @Test("what it reads of the provider: each name once, in order")
    func providerAttributes() throws {
        let template = try MappingTemplate(
            "${providerAttributes.b} ${providerAttributes.a.x} ${samlAssertion.subject} ${providerAttributes.b}"
        )
        #expect(template.providerAttributes == ["b", "a.x"])
    }

    @Test(
        "the text, with each placeholder replaced",
        arguments: [
            ("${providerAttributes.first} ${providerAttributes.last}", "Leslie Jones"),
            ("${providerAttributes.first} ${providerAttributes.none}", "Leslie "),
            ("${providerAttributes.empty}${providerAttributes.last}", "Jones"),
            ("${providerAttributes.first}/${samlAssertion.subject}", "Leslie/"),
            ("${providerAttributes.odd}", "${providerAttributes.first}"),
            ("plain", "plain"),
            ("", ""),
            ("${providerAttributes.none}", nil),
            ("Dr. ${providerAttributes.none} ${providerAttributes.empty}", nil),
            ("${samlAssertion.subject}", nil),
        ] as [(String, String?)]
    )
    func text(value: String, text: String?) throws {
        let values = ["first": "Leslie", "last": "Jones", "empty": "", "odd": "${providerAttributes.first}"]
        #expect(try MappingTemplate(value).text { values[$0] } == text)
    }
}
