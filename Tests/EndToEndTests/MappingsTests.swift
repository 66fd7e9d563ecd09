import Foundation
import TestKit
import Testing

@Suite("Attribute mappings", .serialized, .patient)
struct MappingsTests {
    private static let header = "name,value,update\n"
    private static let sample = "x-attribute-mappings.csv"
    private static let seed =
        #"{"name":"email","update":"EMPTY_ONLY","value":"${providerAttributes.email}"}"#

    @Test("the sample makes exactly what PingOne's page on X recommends, and nothing the second time")
    func sampleTwice() async throws {
        try await Desk.with("--mappings", "core") { desk in
            try desk.takeSample(Self.sample)
            let first = try await desk.pinglink("mappings", "apply", Self.sample)
            #expect(first.exitCode == 0, "\(first.errors)")
            #expect(
                first.output == """
                    name      update      value                        what
                    username  EMPTY_ONLY  ${providerAttributes.id}     same
                    email     EMPTY_ONLY  ${providerAttributes.email}  created
                    X (TWITTER), identity provider \(desk.provider): 2 mappings: 1 same, 1 created

                    """
            )
            #expect(first.errors == "")
            let second = try await desk.pinglink("mappings", "apply", Self.sample, "--change", "--json")
            #expect(second.exitCode == 0, "\(second.errors)")
            #expect(try second.json(MappingsOutput.self).mappings.map(\.what) == ["same", "same"])

            let writes = try await desk.simulator.journal().writes
            #expect(writes.map(\.method) == ["POST"])
            #expect(writes.first?.body == Self.seed)
            #expect(writes.first?.contentType == "application/json")
            #expect(writes.first?.answer.status == 201)
        }
    }

    @Test("a POST that was done and whose answer was lost is not sent again")
    func lostReply() async throws {
        try await Desk.with("--mappings", "core", "--faults", "apply-then-reset=1,only=POST,on=all") { desk in
            try desk.takeSample(Self.sample)
            let outcome = try await desk.pinglink("mappings", "apply", Self.sample, "--json")
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try outcome.json(MappingsOutput.self).mappings.map(\.what) == ["same", "created"])
            #expect(try await desk.simulator.journal().writes.map(\.body) == [Self.seed])
            #expect(try await desk.mappings() == ["username", "email"])
        }
    }

    @Test("list and plan show, and change nothing")
    func listAndPlan() async throws {
        try await Desk.with { desk in
            let list = try await desk.pinglink("mappings", "list")
            #expect(list.exitCode == 0, "\(list.errors)")
            #expect(
                list.output == """
                    name      update      value                        what
                    username  EMPTY_ONLY  ${providerAttributes.id}     core
                    email     EMPTY_ONLY  ${providerAttributes.email}  custom
                    X (TWITTER), identity provider \(desk.provider): 2 mappings: 1 core, 1 custom

                    """
            )
            try desk.folder.write(
                "m.csv",
                Self.header + "nickname,${providerAttributes.screen_name},\nemail,${providerAttributes.email},ALWAYS\n"
            )
            let plan = try await desk.pinglink("mappings", "plan", "m.csv", "--json")
            #expect(plan.exitCode == 0, "\(plan.errors)")
            #expect(
                plan.output
                    == #"{"identity_provider_id":"\#(desk.provider)","type":"TWITTER","mappings":["#
                    + #"{"name":"nickname","update":"EMPTY_ONLY","value":"${providerAttributes.screen_name}","what":"create","line":2,"there":null,"problem":null},"#
                    + #"{"name":"email","update":"ALWAYS","value":"${providerAttributes.email}","what":"change","line":3,"there":{"update":"EMPTY_ONLY","value":"${providerAttributes.email}"},"problem":null},"#
                    + #"{"name":"username","update":"EMPTY_ONLY","value":"${providerAttributes.id}","what":"only-there","line":null,"there":null,"problem":null}"#
                    + #"],"exit_code":0}"# + "\n"
            )
            #expect(try await desk.simulator.journal().writes.isEmpty)
        }
    }

    @Test("what differs is changed with --change only, and once")
    func change() async throws {
        try await Desk.with { desk in
            try desk.folder.write("m.csv", Self.header + "email,${providerAttributes.email},ALWAYS\n")
            let without = try await desk.pinglink("mappings", "apply", "m.csv")
            #expect(without.exitCode == 1, "\(without.errors)")
            #expect(without.output.contains("differs; --change changes it"))
            let dry = try await desk.pinglink("mappings", "apply", "m.csv", "--change", "--dry-run")
            #expect(dry.exitCode == 0, "\(dry.errors)")
            #expect(dry.output.contains("would be changed"))
            #expect(try await desk.simulator.journal().writes.isEmpty)
            for what in ["changed", "same"] {
                let outcome = try await desk.pinglink("mappings", "apply", "m.csv", "--change", "--json")
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
                #expect(try outcome.json(MappingsOutput.self).mappings.first?.what == what)
            }
            let writes = try await desk.simulator.journal().writes
            #expect(writes.map(\.method) == ["PUT"])
            #expect(
                writes.first?.body == #"{"name":"email","update":"ALWAYS","value":"${providerAttributes.email}"}"#
            )
        }
    }

    @Test("of a CORE mapping only the value is changed")
    func core() async throws {
        try await Desk.with { desk in
            try desk.folder.write("update.csv", Self.header + "username,${providerAttributes.id},ALWAYS\n")
            let update = try await desk.pinglink("mappings", "apply", "update.csv", "--change")
            #expect(update.exitCode == 1)
            #expect(update.output.contains("cannot be changed: a CORE mapping keeps its update"))
            #expect(try await desk.simulator.journal().writes.isEmpty)
            try desk.folder.write("value.csv", Self.header + "username,${providerAttributes.screen_name},\n")
            let value = try await desk.pinglink("mappings", "apply", "value.csv", "--change")
            #expect(value.exitCode == 0, "\(value.errors)")
            #expect(try await desk.simulator.journal().writes.map(\.answer.status) == [200])
        }
    }

    @Test("a file may be gzip, or come from standard input")
    func sources() async throws {
        try await Desk.with("--mappings", "core") { desk in
            try desk.takeSample(Self.sample)
            let stream = try await desk.pinglink("mappings", "plan", "-", input: Self.sample)
            #expect(stream.exitCode == 0, "\(stream.errors)")
            _ = try await Program.run("gzip", [Self.sample], folder: desk.folder.url)
            let gzip = try await desk.pinglink("mappings", "plan", Self.sample + ".gz")
            #expect(gzip.exitCode == 0, "\(gzip.errors)")
            #expect(gzip.output == stream.output)
        }
    }

    @Test(
        "a file that is not fit, or missing, is refused before any request",
        arguments: [
            (
                "m.csv", 65,
                "m.csv: line 2: column \"value\": the placeholder at character 1 is empty; it has the form ${providerAttributes.NAME}."
            ),
            ("none.csv", 66, "none.csv: cannot be read: No such file or directory."),
        ]
    )
    func unfit(file: String, exitCode: Int32, message: String) async throws {
        try await Desk.with { desk in
            try desk.folder.write("m.csv", Self.header + "email,${},\n")
            for command in ["plan", "apply"] {
                let outcome = try await desk.pinglink("mappings", command, file)
                #expect(outcome.exitCode == exitCode)
                #expect(outcome.errors.hasPrefix("pinglink: \(message)"), "\(outcome.errors)")
                #expect(outcome.output == "")
            }
            #expect(try await desk.simulator.counters().requests == 0)
        }
    }

    @Test("what the provider's type does not offer is refused before any POST")
    func notOffered() async throws {
        try await Desk.with("--mappings", "core") { desk in
            try desk.folder.write(
                "m.csv",
                Self.header + "nickname,${providerAttributes.name},\nemail,${providerAttributes.mail},\n"
            )
            let outcome = try await desk.pinglink("mappings", "apply", "m.csv")
            #expect(outcome.exitCode == 65)
            #expect(
                outcome.errors == """
                    pinglink: m.csv: line 3: column "value": X (TWITTER) offers no attribute "mail".
                      X (TWITTER) offers: id, email, name, screen_name, created_at, statuses_count, favourites_count, \
                    friends_count, followers_count, verified, protected, description, url, location, \
                    profile_image_url_https.

                    """
            )
            #expect(try await desk.simulator.journal().writes.isEmpty)
        }
    }

    @Test("the connection's troubles have the exit codes that they have everywhere")
    func troubles() async throws {
        try await Desk.with { desk in
            let unknown = try await desk.pinglink("mappings", "list", "--idp", "00000000-0000-4000-8000-000000000000")
            #expect(unknown.exitCode == 78)
            #expect(unknown.messages.contains("has no identity provider 00000000-0000-4000-8000-000000000000"))
            let none = try await desk.pinglink("mappings", "list", environment: ["PINGONE_IDENTITY_PROVIDER_ID": nil])
            #expect(none.exitCode == 64)
            #expect(
                none.errors
                    == "pinglink: No identity provider: give --idp UUID, PINGONE_IDENTITY_PROVIDER_ID or idp: in the configuration file.\n"
            )
            let nobody = try await desk.pinglink(
                "mappings",
                "list",
                "--attempts",
                "1",
                environment: ["PINGONE_API_URL": "http://127.0.0.1:1/v1"]
            )
            #expect(nobody.exitCode == 69)
            #expect(nobody.messages.contains("PingOne cannot be reached: "))
        }
        try await Desk.with("--deny", "403") { desk in
            let denied = try await desk.pinglink("mappings", "list")
            #expect(denied.exitCode == 77)
            #expect(denied.messages.contains("PingOne forbids the worker application to read or change"))
            #expect(denied.output == "")
        }
    }
}

/// What `mappings … --json` prints.
private struct MappingsOutput: Decodable {
    struct Mapping: Decodable {
        var name: String
        var what: String
    }

    var mappings: [Mapping]
}

extension Desk {
    fileprivate var provider: String { simulator.environment["PINGONE_IDENTITY_PROVIDER_ID"] ?? "" }

    /// The names of the mappings that the provider has now.
    fileprivate func mappings() async throws -> [String] {
        try await pinglink("mappings", "list", "--json").json(MappingsOutput.self).mappings.map(\.name)
    }
}

extension [JournalEntry] {
    /// What was to create or change a mapping.
    fileprivate var writes: [JournalEntry] {
        filter { ["attributes", "attribute"].contains($0.route) && $0.method != "GET" }
    }
}
