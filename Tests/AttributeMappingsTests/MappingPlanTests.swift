import AttributeMappings
import ImportTestKit
import PingOneAPI
import Testing

@Suite("What a file would do to a provider's attribute mappings")
struct MappingPlanTests {
    private func plan(_ wanted: MappingLine, _ existing: AttributeMapping...) -> MappingPlan.Entry? {
        MappingPlan(lines: [wanted], existing: existing).entries.first
    }

    @Test("the file's lines in their order, then the others in theirs")
    func order() throws {
        let new = try MappingLine.sample(2, "nickname", "${providerAttributes.screen_name}")
        let changed = try MappingLine.sample(3, "email", "${providerAttributes.email}", .always)
        let plan = MappingPlan(
            lines: [new, changed],
            existing: [
                SampleMappings.username, SampleMappings.email,
                AttributeMapping(id: "3", name: "x", value: "", update: .always),
            ]
        )
        #expect(
            plan.entries == [
                .create(new), .change(changed, from: SampleMappings.email), .onlyThere(SampleMappings.username),
                .onlyThere(AttributeMapping(id: "3", name: "x", value: "", update: .always)),
            ]
        )
        #expect(plan.entries.map(\.line) == [2, 3, nil, nil])
        #expect(plan.entries.map(\.mapping.name) == ["nickname", "email", "username", "x"])
        #expect(plan.entries.map(\.existing?.id) == [nil, "2", "1", "3"])
    }

    @Test(
        "mappings are compared to the letter",
        arguments: [
            ("email", "${providerAttributes.email}", AttributeUpdate.emptyOnly, "same"),
            ("email", "${providerAttributes.email}", .always, "change"),
            ("email", "${providerAttributes.email} ", .emptyOnly, "change"),
            ("email", "${providerAttributes.EMAIL}", .emptyOnly, "change"),
            ("Email", "${providerAttributes.email}", .emptyOnly, "create"),
        ]
    )
    func comparison(name: String, value: String, update: AttributeUpdate, what: String) throws {
        let line = try MappingLine.sample(2, name, value, update)
        let entry = plan(line, SampleMappings.email)
        switch what {
        case "same": #expect(entry == .same(line, as: SampleMappings.email))
        case "change": #expect(entry == .change(line, from: SampleMappings.email))
        default: #expect(entry == .create(line))
        }
    }

    @Test("two spellings of one letter are two texts")
    func unicode() throws {
        let there = AttributeMapping(id: "2", name: "email", value: "\u{E9}${providerAttributes.a}", update: .emptyOnly)
        let line = try MappingLine.sample(2, "email", "e\u{301}${providerAttributes.a}")
        let entry = try #require(plan(line, there))
        #expect(entry.resultWithoutSending(changes: false) == .different)
    }

    @Test("of a CORE mapping the value can change, but not the update")
    func core() throws {
        let value = try #require(plan(.sample(2, "username", "${providerAttributes.email}"), SampleMappings.username))
        #expect(!value.isUnchangeable)
        let update = try #require(
            plan(.sample(2, "username", "${providerAttributes.id}", .always), SampleMappings.username)
        )
        #expect(update.isUnchangeable)
        let custom = try #require(
            plan(.sample(2, "email", "${providerAttributes.email}", .always), SampleMappings.email)
        )
        #expect(!custom.isUnchangeable)
    }

    @Test("for what nothing is sent")
    func withoutSending() throws {
        let create = try #require(plan(.sample(2, "title", "${providerAttributes.id}")))
        let change = try #require(plan(.sample(2, "email", "${providerAttributes.id}"), SampleMappings.email))
        let core = try #require(
            plan(.sample(2, "username", "${providerAttributes.id}", .always), SampleMappings.username)
        )
        let same = try #require(plan(.sample(2, "email", "${providerAttributes.email}"), SampleMappings.email))
        let entries = [create, change, core, same, .onlyThere(SampleMappings.email)]
        #expect(
            entries.map { $0.resultWithoutSending(changes: false) } == [
                nil, .different, .unchangeable, .same, .onlyThere,
            ]
        )
        #expect(
            entries.map { $0.resultWithoutSending(changes: true) } == [nil, nil, .unchangeable, .same, .onlyThere]
        )
    }
}

extension MappingLine {
    /// A line of a mappings file.
    static func sample(
        _ line: Int,
        _ name: String,
        _ value: String,
        _ update: AttributeUpdate = .emptyOnly
    ) throws -> MappingLine {
        MappingLine(
            line: line,
            mapping: AttributeMapping(name: name, value: value, update: update),
            template: try MappingTemplate(value)
        )
    }
}
