import Foundation
import TestKit
import Testing

@Suite("The samples, imported", .serialized, .patient)
struct SampleTests {
    @Test("users.csv arrives at PingOne byte for byte, and a second run sends nothing")
    func users() async throws {
        try await Desk.with { desk in
            try desk.takeSample("users.csv")
            let outcome = try await desk.pinglink("import", "users.csv")
            #expect(outcome.exitCode == 0)
            #expect(outcome.errors == "")
            let text = outcome.output.replacing(/in \d+\.\d s\n/, with: "in … s\n")
            #expect(
                text == """
                    13 rows in … s
                      12 linked
                       1 skipped (repeated in the input)
                    15 requests

                    """
            )

            let results = try await desk.results("users.csv.ledger")
            let runID = try #require(results.first?.runId)
            let posts = try await desk.simulator.journal().posts
            #expect(Set(posts.map(\.body)).count == posts.count)
            #expect(posts.sorted { $0.line < $1.line }.map(\.body) == Self.bodies)
            for post in posts {
                #expect(post.contentType == "application/vnd.pingidentity.account.link+json")
                #expect(post.userAgent?.wholeMatch(of: /pinglink\/\d+\.\d+\.\d+/) != nil)
                #expect(post.hasAuthorization)
                #expect(post.transactionID == "\(runID)/\(post.line)")
            }
            #expect(posts.contains { $0.userID == "3A1C7F0E-52B8-4D0F-9C64-0A4B7DE21F08" }, "ids go out as they stand")

            #expect(results.count == 12)
            #expect(results.allSatisfy { $0.state == "linked" && $0.evidence == "reply" && $0.posts == 1 })
            let links = try await desk.simulator.links()
            #expect(Set(results.map(\.linkedAccountId)) == Set(links.map(\.linkedAccountID)))
            #expect(try desk.folder.names == ["users.csv", "users.csv.ledger"])

            let (second, summary) = try await desk.importing("users.csv")
            #expect(second.exitCode == 0)
            #expect(summary.skipped == 13)
            #expect(summary.requests == 0)
            #expect(try await desk.simulator.counters().posts == 12)
        }
    }

    @Test("the samples claim no account twice: all of them can be imported into one environment")
    func allOfThem() async throws {
        try await Desk.with { desk in
            let calls = [
                ["users.csv"], ["users-by-name.csv", "--user-key", "username", "--map", "Login=userID"],
                ["users-with-mistakes.csv"], ["x-export.csv", "--mappings"],
            ]
            for call in calls {
                try desk.takeSample(call[0])
                let outcome = try await desk.start(["import", "--json", "--rate", "2000"] + call).outcome()
                let summary = try outcome.json(Summary.self)
                #expect(summary.rejected + summary.alreadyLinked == 0, "\(call[0]): \(outcome.errors)")
            }
        }
    }

    /// By line.
    private static let bodies = [
        #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"127152908468744","#
            + #""attributes":{"email":{"value":"leslie@example.com","update":"EMPTY_ONLY"},"#
            + #""name.first":{"value":"Leslie","update":"ALWAYS"}}}"#,
        #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"00123"}"#,
        #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"12345678901234567890"}"#,
        #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"1e5"}"#,
        #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"\"the\" account, no. 7","#
            + #""attributes":{"name.first":{"value":"Anne-Marie\nÉlise","update":"ALWAYS"}}}"#,
        #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"🦊-fox","#
            + #""attributes":{"email":{"value":"josé@example.com","update":"EMPTY_ONLY"},"#
            + #""name.first":{"value":"José 🌻","update":"ALWAYS"}}}"#,
        #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"kept","#
            + #""attributes":{"email":{"value":"trimmed@example.com","update":"EMPTY_ONLY"}}}"#,
        #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"back\\slash/and\ttab","#
            + #""attributes":{"name.last":{"value":"O'Neil, Jr.","update":"ALWAYS"},"#
            + #""nickname":{"value":"Red","update":"EMPTY_ONLY"}}}"#,
        #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"UPPER-case"}"#,
        #"{"identityProvider":{"id":"550d3bdf-554b-4f9d-8825-ece15308673d"},"externalId":"248289761001"}"#,
        #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"248289761001"}"#,
        #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"=1+1"}"#,
    ]

    @Test("the same rows in another dress are the same rows", arguments: ["CRLF", "BOM", "gzip", "semicolon"])
    func dresses(dress: String) async throws {
        try await Desk.with { desk in
            try desk.takeSample("users.csv")
            #expect(try await desk.importing("users.csv").summary.linked == 12)
            let text = try desk.folder.text("users.csv")
            var arguments = ["import", "users.csv", "--json"]
            switch dress {
            case "CRLF":
                // The line break inside a field belongs to the field.
                let lines = text.replacing("\n", with: "\r\n").replacing("Marie\r\n", with: "Marie\n")
                try desk.folder.write("users.csv", lines)
            case "BOM": try desk.folder.write("users.csv", "\u{FEFF}" + text)
            case "gzip":
                _ = try await Program.run("gzip", ["users.csv"], folder: desk.folder.url)
                arguments = ["import", "users.csv.gz", "--json", "--ledger", "users.csv.ledger"]
            default:
                // Fields with a comma in them are quoted already.
                let changed = try await Program.standIn(
                    "semicolons",
                    [],
                    folder: desk.folder.url,
                    input: desk.folder.file("users.csv")
                ).outcome()
                try desk.folder.write("users.csv", changed.output)
                arguments += ["--delimiter", ";"]
            }
            let again = try await desk.start(arguments).outcome()
            #expect(again.exitCode == 0, "\(again.errors)")
            #expect(try await desk.simulator.counters().posts == 12)
        }
    }

    @Test("users-with-mistakes.csv: the good rows are linked, the others are in a file that can be corrected")
    func mistakes() async throws {
        try await Desk.with { desk in
            try desk.takeSample("users-with-mistakes.csv")
            let (outcome, summary) = try await desk.importing("users-with-mistakes.csv")
            #expect(outcome.exitCode == 1)
            #expect(summary.rows == 10)
            #expect(summary.linked == 2)
            #expect(summary.invalid == 8)
            #expect(try desk.folder.text("users-with-mistakes.csv.rejects.csv") == Self.rejects)
            #expect(try desk.folder.mode("users-with-mistakes.csv.rejects.csv") == 0o600)
            #expect(!desk.folder.has("users-with-mistakes.csv.retry.csv"))
            #expect(
                outcome.messages.hasPrefix(
                    "pinglink: warning: line 3: invalid: EMPTY_EXTERNAL_ID, column \"externalId\": the external id is empty\n"
                )
            )

            let uncorrected = try await desk.importing("users-with-mistakes.csv.rejects.csv")
            #expect(uncorrected.outcome.exitCode == 1)
            #expect(uncorrected.summary.invalid > 0)
            #expect(try await desk.simulator.links().count == 2 + uncorrected.summary.linked)
        }
    }

    @Test("the corrected rejects go to the same ledger, and then the run ends with 0")
    func correctedRejects() async throws {
        try await Desk.with { desk in
            try desk.takeSample("users-with-mistakes.csv")
            _ = try await desk.importing("users-with-mistakes.csv")
            let corrected = Self.rejects.split(separator: "\n").filter {
                !$0.contains("REPEATED") && !$0.contains("1008,")
            }
            .joined(separator: "\n")
            .replacing("1002,,", with: "1002,20002,")
            .replacing("carla,", with: "9b0d6f6a-0c1e-4d55-8f0a-6f1f6c3b1003,")
            .replacing("\"WRONG_FIELD_COUNT, 3 fields where the header has 4\"", with: "")
            .replacing("{email:eve@example.com}", with: #""{""email"":""eve@example.com""}""#)
            .replacing("fay@example.com,", with: ",")
            try desk.folder.write("users-with-mistakes.csv.rejects.csv", corrected + "\n")
            let (outcome, summary) = try await desk.importing("users-with-mistakes.csv.rejects.csv")
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(summary.linked == 6)
            #expect(try await desk.simulator.links().count == 8)
            let results = try await desk.results("users-with-mistakes.csv.ledger")
            #expect(results.count { $0.state == "linked" } == 8)
            #expect(try !desk.folder.names.contains { $0.hasSuffix(".rejects.csv.ledger") })
        }
    }

    private static let rejects = """
        userID,externalId,attributes.email,attributes,pinglink_line,pinglink_state,pinglink_error,pinglink_hint
        9b0d6f6a-0c1e-4d55-8f0a-6f1f6c3b1002,,ben@example.com,,3,invalid,\
        "EMPTY_EXTERNAL_ID, column ""externalId"": the external id is empty",\
        "Give the account's id at the identity provider, as text."
        carla,20003,carla@example.com,,4,invalid,"INVALID_USER_ID, column ""userID"": the user id is not a UUID",\
        "Give the PingOne user's id, a UUID; for user names or e-mail addresses use --user-key."
        9b0d6f6a-0c1e-4d55-8f0a-6f1f6c3b1004,20004,dee@example.com,,5,invalid,\
        "WRONG_FIELD_COUNT, 3 fields where the header has 4",\
        "Quote fields that hold the delimiter, or add the missing fields."
        9b0d6f6a-0c1e-4d55-8f0a-6f1f6c3b1005,20005,,{email:eve@example.com},6,invalid,\
        "INVALID_ATTRIBUTES, column ""attributes"": not valid JSON (at byte 2 of the cell)",\
        "Write {""email"":""l@example.com""} or {""email"":{""value"":""l@example.com"",""update"":""ALWAYS""}}."
        9b0d6f6a-0c1e-4d55-8f0a-6f1f6c3b1006,20006,fay@example.com,"{""email"":""fay@example.org""}",7,invalid,\
        "ATTRIBUTE_NAMED_TWICE, the attribute ""email"" is named twice",Keep one of the two.
        9b0d6f6a-0c1e-4d55-8f0a-6f1f6c3b1007,20007,,,8,invalid,\
        "CLAIMED_FOR_TWO_USERS, column ""externalId"": line 9 claims the same external id for another user",\
        Find out whose account it is and remove the other row.
        9b0d6f6a-0c1e-4d55-8f0a-6f1f6c3b1008,20007,,,9,invalid,\
        "CLAIMED_FOR_TWO_USERS, column ""externalId"": line 8 claims the same external id for another user",\
        Find out whose account it is and remove the other row.
        9b0d6f6a-0c1e-4d55-8f0a-6f1f6c3b1001,20001,ana@example.org,,10,invalid,\
        "REPEATED_WITH_OTHER_ATTRIBUTES, repeats the link of line 2 with other attributes",\
        Keep the row that is right and remove the other.

        """

    @Test("generate-users writes the same good rows each time")
    func generator() async throws {
        let folder = try TemporaryFolder()
        let program = Program.sample("generate-users").path
        let first = try await Program.run(program, ["500", "7"], folder: folder.url)
        let second = try await Program.run(program, ["500", "7"], folder: folder.url)
        #expect(first.exitCode == 0)
        #expect(first.output == second.output)
        try folder.write("users.csv", first.output)
        let check = try await Program(
            try Program.built("pinglink"),
            ["validate", "users.csv"],
            environment: [:],
            folder: folder.url
        ).outcome()
        #expect(check.exitCode == 0)
        #expect(check.output.hasPrefix("500 rows: 500 to send, 0 invalid, 0 repeated\n"))
    }

    @Test("generate-users needs nothing but a shell's awk and sed, and says how it is called")
    func generatorAlone() async throws {
        let folder = try TemporaryFolder()
        let run = "for tool in awk sed; do ln -s $(command -v $tool) $tool; done; PATH=$PWD exec /bin/sh \"$@\""
        for (arguments, exitCode) in [(["3"], 0), ([], 64), (["many"], 64), (["3", ""], 64)] as [([String], Int32)] {
            let outcome = try await Program.run(
                "bash",
                ["-c", run, "bash", Program.sample("generate-users").path] + arguments,
                folder: folder.url
            )
            #expect(outcome.exitCode == exitCode, "\(outcome.errors)")
            #expect(outcome.output.split(separator: "\n").count == (exitCode == 0 ? 4 : 0))
            #expect(outcome.errors.contains("Usage: generate-users ROWS [SEED]") == (exitCode == 64))
        }
    }

    @Test("pinglink.yaml is good with each of its profiles", arguments: [nil, "rehearsal", "production", "hr-export"])
    func configuration(profile: String?) async throws {
        try await Desk.with { desk in
            try desk.takeSample("pinglink.yaml")
            try desk.folder.write(
                "users.csv",
                profile == "hr-export"
                    ? "userID,Login Id,Mail,Department\n\(Rows.user(1)),1,a@example.com,IT\n" : Rows.csv([1])
            )
            let arguments = ["import", "users.csv", "--json"] + (profile.map { ["--profile", $0] } ?? [])
            let outcome = try await desk.start(arguments).outcome()
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try await desk.simulator.counters().posts == 1)
        }
    }
}

extension JournalEntry {
    /// The line that the transaction id names.
    var line: Int { transactionID?.split(separator: "/").last.flatMap { Int($0) } ?? 0 }
}
