import AttributeMappings
import ImportTestKit
import PingOneAPI
import PingOneClient
import Reporting
import Testing

@Suite("What is said about attribute mappings")
struct MappingSummaryTests {
    private static let type = ProviderType(apiName: "TWITTER")

    private let plan: MappingPlan

    /// One entry of each kind.
    init() throws {
        func line(_ number: Int, _ name: String, _ value: String, _ update: AttributeUpdate) throws -> MappingLine {
            let mapping = AttributeMapping(name: name, value: value, update: update)
            return MappingLine(line: number, mapping: mapping, template: try MappingTemplate(value))
        }
        plan = MappingPlan(
            lines: [
                try line(2, "nickname", "${providerAttributes.screen_name}", .always),
                try line(3, "email", "${providerAttributes.name}", .emptyOnly),
                try line(4, "username", "${providerAttributes.id}", .always),
                try line(5, "title", "${providerAttributes.id}", .always),
            ],
            existing: [
                SampleMappings.username, SampleMappings.email,
                AttributeMapping(id: "3", name: "title", value: "${providerAttributes.id}", update: .always),
                AttributeMapping(id: "4", name: "locale", value: "x", update: .always),
            ]
        )
    }

    private func summary(_ results: [MappingResult], stop: RunStop? = nil) -> MappingSummary {
        MappingSummary(plan, results: results, stop: stop, for: "P", ofType: Self.type)
    }

    @Test("what a provider has")
    func list() {
        let summary = MappingSummary(
            listing: MappedProvider(type: Self.type, mappings: [SampleMappings.username, SampleMappings.email]),
            of: "P"
        )
        #expect(
            summary.text == """
                name      update      value                        what
                username  EMPTY_ONLY  ${providerAttributes.id}     core
                email     EMPTY_ONLY  ${providerAttributes.email}  custom
                X (TWITTER), identity provider P: 2 mappings: 1 core, 1 custom
                """
        )
        #expect(
            summary.json
                == #"{"identity_provider_id":"P","type":"TWITTER","mappings":[{"name":"username","update":"EMPTY_ONLY","value":"${providerAttributes.id}","what":"core","line":null,"there":null,"problem":null},{"name":"email","update":"EMPTY_ONLY","value":"${providerAttributes.email}","what":"custom","line":null,"there":null,"problem":null}],"exit_code":0}"#
        )
        #expect(summary.exitCode == 0)
    }

    @Test("a provider without mappings")
    func empty() {
        let summary = MappingSummary(
            listing: MappedProvider(type: ProviderType(apiName: "SAML"), mappings: []),
            of: "P"
        )
        #expect(summary.text == "SAML, identity provider P: 0 mappings")
    }

    @Test("what a file would change")
    func planned() {
        let summary = MappingSummary(plan, for: "P", ofType: Self.type)
        #expect(
            summary.text == """
                name      update      value                              what
                nickname  ALWAYS      ${providerAttributes.screen_name}  create
                email     EMPTY_ONLY  ${providerAttributes.name}         change
                          EMPTY_ONLY  ${providerAttributes.email}        (there)
                username  ALWAYS      ${providerAttributes.id}           change: cannot be done, a CORE mapping keeps its update
                          EMPTY_ONLY  ${providerAttributes.id}           (there)
                title     ALWAYS      ${providerAttributes.id}           same
                locale    ALWAYS      x                                  only there
                X (TWITTER), identity provider P: 5 mappings: 1 create, 2 change, 1 same, 1 only there
                """
        )
        #expect(
            summary.json.contains(
                #"{"name":"email","update":"EMPTY_ONLY","value":"${providerAttributes.name}","what":"change","line":3,"there":{"update":"EMPTY_ONLY","value":"${providerAttributes.email}"},"problem":null}"#
            )
        )
        #expect(summary.json.contains(#""what":"only-there","line":null"#))
        #expect(summary.exitCode == 0)
    }

    @Test("what became of it")
    func applied() {
        let problem = RowProblem(httpStatus: 400, code: "INVALID_DATA", detail: "INVALID_VALUE (value)")
        let summary = summary([.refused(problem), .different, .unchangeable, .same, .onlyThere])
        #expect(
            summary.text == """
                name      update      value                              what
                nickname  ALWAYS      ${providerAttributes.screen_name}  refused: HTTP 400 INVALID_DATA, INVALID_VALUE (value)
                email     EMPTY_ONLY  ${providerAttributes.name}         differs; --change changes it
                          EMPTY_ONLY  ${providerAttributes.email}        (there)
                username  ALWAYS      ${providerAttributes.id}           cannot be changed: a CORE mapping keeps its update
                          EMPTY_ONLY  ${providerAttributes.id}           (there)
                title     ALWAYS      ${providerAttributes.id}           same
                locale    ALWAYS      x                                  only there
                X (TWITTER), identity provider P: 5 mappings: 1 refused, 1 different, 1 unchangeable, 1 same, 1 only there
                """
        )
        #expect(
            summary.json.contains(
                #""what":"refused","line":2,"there":null,"problem":"HTTP 400 INVALID_DATA, INVALID_VALUE (value)"}"#
            )
        )
        #expect(summary.json.hasSuffix(#""exit_code":1}"#))
    }

    @Test("results in words")
    func words() {
        let problem = RowProblem(httpStatus: 500)
        let results: [MappingResult] = [.created, .planned, .failed(problem), .unsettled(problem), .unsent]
        let lines = summary(results).text.split(separator: "\n").map(String.init)
        #expect(lines.count(where: { $0.hasSuffix("  (there)") }) == 2)
        for words in [
            "  created", "  would be changed", "  not done: HTTP 500; run again",
            "  not known whether done: HTTP 500; run again", "  not sent; run again",
        ] {
            #expect(lines.contains { $0.hasSuffix(words) }, "\(words)")
        }
    }

    @Test("what a changed mapping said before")
    func before() {
        let lines = summary([.created, .changed, .unchangeable, .same, .onlyThere]).text.split(separator: "\n")
        #expect(lines[2] == "email     EMPTY_ONLY  ${providerAttributes.name}         changed")
        #expect(lines[3] == "          EMPTY_ONLY  ${providerAttributes.email}        (before)")
    }

    @Test("the exit code: 0 when everything is as the file says, else 1, or the stop's")
    func exitCodes() {
        let done: [MappingResult] = [.created, .changed, .planned, .same, .onlyThere]
        #expect(summary(done).exitCode == 0)
        #expect(summary(done, stop: .signal(2)).exitCode == 130)
        let problem = RowProblem(httpStatus: 500)
        for result in [.different, .unchangeable, .refused(problem), .failed(problem), .unsettled(problem), .unsent]
            as [MappingResult]
        {
            #expect(summary([result] + done.dropFirst()).exitCode == 1, "\(result)")
        }
    }
}
