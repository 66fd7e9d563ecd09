import Foundation
import TestKit
import Testing

@Suite("import --mappings and --mappings-file: columns that attribute mappings read", .serialized, .patient)
struct MappingsImportTests {
    private static let header = "userID,externalId,providerAttributes.email,providerAttributes.name\n"
    private static let row = "\(Rows.user(1)),a,ada@example.com,Ada\n"

    @Test("x-export.csv is imported as it is, byte for byte what X's mappings make of it")
    func sample() async throws {
        try await Desk.with { desk in
            try desk.takeSample("x-export.csv")
            let (outcome, summary) = try await desk.importing("x-export.csv", "--mappings")
            #expect(outcome.exitCode == 0)
            #expect(
                outcome.messages == """
                    pinglink: warning: x-export.csv: No mapping of identity provider 302990c0-289d-40ec-a2ff-e7c7fd0cca63 reads the \
                    columns "providerAttributes.name", "providerAttributes.screen_name", \
                    "providerAttributes.followers_count", "providerAttributes.verified": what they hold is not sent.

                    """
            )
            #expect(summary.linked == 6)
            let posts = try await desk.simulator.journal().posts
            #expect(posts.sorted { $0.line < $1.line }.map(\.body) == Self.sampleBodies)
            let routes = try await desk.simulator.journal().filter { $0.method == "GET" }.map(\.route)
            #expect(routes == ["attributes", "environment", "identityProvider"])
            #expect(summary.requests == 9)

            let again = try await desk.importing("x-export.csv", "--mappings")
            #expect(again.summary.skipped == 6)
            #expect(try await desk.simulator.counters().posts == 6)
        }
    }

    /// By line.
    private static let sampleBodies = [
        ("2244071336", "ines.duarte@example.com"), ("1704823159204737114", nil), ("18839712", "omar@example.org"),
        ("910274416582463488", "kim.s@example.net"), ("77310452", #"\"pat\".oneil@example.com"#),
        ("1399204478", "lena+x@example.com"),
    ].map { id, email in
        let email = email.map { #","email":{"value":"\#($0)","update":"EMPTY_ONLY"}"# } ?? ""
        return #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"\#(id)","#
            + #""attributes":{"username":{"value":"\#(id)","update":"EMPTY_ONLY"}\#(email)}}"#
    }

    @Test("an explicit column wins over a mapping, but where its cell is empty")
    func explicit() async throws {
        try await Desk.with { desk in
            try desk.folder.write(
                "users.csv",
                """
                userID,externalId,X id,providerAttributes.email,attributes.email:ALWAYS
                \(Rows.user(1)),a,7,raw@example.com,own@example.com
                \(Rows.user(2)),b,8,raw@example.com,

                """
            )
            let outcome = try await desk.importing("users.csv", "--mappings", "--map", "X id=providerAttributes.id")
                .outcome
            #expect(outcome.errors == "")
            #expect(
                try await attributes(desk) == [
                    #"{"email":{"value":"own@example.com","update":"ALWAYS"},"#
                        + #""username":{"value":"7","update":"EMPTY_ONLY"}}"#,
                    #"{"username":{"value":"8","update":"EMPTY_ONLY"},"#
                        + #""email":{"value":"raw@example.com","update":"EMPTY_ONLY"}}"#,
                ]
            )
        }
    }

    /// The attributes of all POSTs, by line.
    private func attributes(_ desk: Desk) async throws -> [String] {
        try await desk.simulator.journal().posts.sorted { $0.line < $1.line }.map { post in
            let body = try #require(post.body)
            let start = try #require(body.firstRange(of: #""attributes":"#))
            return String(body[start.upperBound...].dropLast())
        }
    }

    @Test("a file's mappings hold for all providers and nothing is fetched; text between placeholders stays")
    func file() async throws {
        try await Desk.with { desk in
            try desk.folder.write(
                "mappings.csv",
                """
                name,value,update
                name.formatted,${providerAttributes.first} ${providerAttributes.last},ALWAYS
                nickname,@${providerAttributes.handle},
                externalId,${samlAssertion.subject},EMPTY_ONLY
                title,${providerAttributes.title},EMPTY_ONLY

                """
            )
            let second = "550d3bdf-554b-4f9d-8825-ece15308673d"
            let columns = ["first", "last", "handle", "spare"].map { "providerAttributes.\($0)" }
            try desk.folder.write(
                "users.csv",
                """
                userID,externalId,identityProviderId,\(columns.joined(separator: ","))
                \(Rows.user(1)),a,,Ada,Lovelace,ada,1
                \(Rows.user(2)),b,\(second),,Hopper,,2

                """
            )
            let warnings = """
                pinglink: warning: users.csv: The mapping "externalId" of mappings.csv: it reads ${samlAssertion.subject}, for \
                which there is no column: it is not applied.
                pinglink: warning: users.csv: The mapping "title" of mappings.csv: it reads the column \
                "providerAttributes.title", which the header does not have: as if its cells were empty. If another \
                column holds it: --map 'COLUMN=providerAttributes.title'.
                pinglink: warning: users.csv: No mapping of mappings.csv reads the column "providerAttributes.spare": what it \
                holds is not sent.

                """
            let check = try await desk.pinglink("validate", "users.csv", "--mappings-file", "mappings.csv")
            #expect(check.exitCode == 0)
            #expect(check.messages == warnings)

            let outcome = try await desk.importing("users.csv", "--mappings-file", "mappings.csv").outcome
            #expect(outcome.exitCode == 0)
            #expect(outcome.messages == warnings)
            #expect(
                try await attributes(desk) == [
                    #"{"name.formatted":{"value":"Ada Lovelace","update":"ALWAYS"},"#
                        + #""nickname":{"value":"@ada","update":"EMPTY_ONLY"}}"#,
                    #"{"name.formatted":{"value":" Hopper","update":"ALWAYS"}}"#,
                ]
            )
            #expect(try await desk.simulator.counters().requestsByRoute["GET attributes"] == nil)
        }
    }

    @Test("a dry run fetches, validate fetches nothing")
    func withoutSending() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Self.header + Self.row)
            let check = try await desk.pinglink("validate", "users.csv", "--mappings")
            #expect(check.exitCode == 0)
            #expect(check.errors == "")
            #expect(try await desk.simulator.counters().requests == 0)
            let (dry, summary) = try await desk.importing("users.csv", "--mappings", "--dry-run")
            #expect(dry.exitCode == 0)
            #expect(dry.messages.contains("reads the column \"providerAttributes.name\": what it holds is not sent."))
            #expect(summary.unsent == 1)
            #expect(try await desk.simulator.counters().requestsByRoute["GET attributes"] == 1)
            #expect(try await desk.simulator.counters().posts == 0)
        }
    }

    @Test("--strict sees that two rows differ in what the mappings make of them, with one fetch for both readings")
    func strict() async throws {
        try await Desk.with { desk in
            let other = Self.row.replacing("ada@", with: "lovelace@")
            try desk.folder.write("users.csv", Self.header + Self.row + other)
            let outcome = try await desk.pinglink("import", "users.csv", "--mappings", "--strict")
            #expect(outcome.exitCode == 65)
            #expect(outcome.messages.contains("REPEATED_WITH_OTHER_ATTRIBUTES, repeats the link of line 2 with other"))
            #expect(try await desk.simulator.counters().posts == 0)

            try desk.folder.write("users.csv", Self.header + Self.row + Self.row.replacing("Ada", with: "Countess"))
            let (exact, summary) = try await desk.importing("users.csv", "--mappings", "--strict")
            #expect(exact.exitCode == 0)
            #expect(summary.linked == 1)
            #expect(summary.skipped == 1)
            #expect(try await desk.simulator.counters().requestsByRoute["GET attributes"] == 2)
        }
    }

    @Test("both are settings that the configuration file may hold")
    func settings() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Self.header + Self.row)
            try desk.folder.write("pinglink.yaml", "mappings: true\n")
            #expect(try await desk.importing("users.csv").summary.linked == 1)
            try desk.folder.write("mappings.csv", "name,value\nnickname,${providerAttributes.name}\n")
            try desk.folder.write("pinglink.yaml", "mappings-file: mappings.csv\n")
            let check = try await desk.pinglink("validate", "users.csv")
            #expect(check.exitCode == 0)
            #expect(
                check.messages.contains(
                    "users.csv: No mapping of mappings.csv reads the column \"providerAttributes.email\""
                )
            )
        }
    }
}
