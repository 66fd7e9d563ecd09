import Foundation
import TestKit
import Testing

@Suite("Users by name", .serialized, .patient)
struct UserKeyTests {
    private static func rows(_ numbers: some Sequence<Int>) -> String {
        Rows.header + numbers.map { "user-\(Rows.user($0))@example.com,account-\($0)\n" }.joined()
    }

    private func lookups(_ desk: Desk) async throws -> Int {
        try await desk.simulator.counters().requestsByRoute["GET users"] ?? 0
    }

    @Test("users-by-name.csv: found users are linked, another one is invalid, and no name is in the ledger")
    func sample() async throws {
        try await Desk.with { desk in
            try desk.takeSample("users-by-name.csv")
            let flags = ["import", "users-by-name.csv", "--user-key", "username", "--map", "Login=userID"]
            let first = try await desk.start(flags).outcome()
            #expect(first.exitCode == 1)
            #expect(
                first.output.replacing(/in \d+\.\d s\n/, with: "in … s\n").hasPrefix(
                    """
                    5 rows in … s
                      4 linked
                      1 invalid
                    """
                ),
                "\(first.output)"
            )
            #expect(!(first.output + first.errors).contains("leslie"))
            #expect(try await lookups(desk) == 1 + 4, "how many users there are; one user stands there twice")
            #expect(
                try desk.folder.text("users-by-name.csv.rejects.csv") == """
                    Login,externalId,attributes.nickname,pinglink_line,pinglink_state,pinglink_error,pinglink_hint
                    leslie,2489761001,,5,invalid,"NO_SUCH_USER, column ""Login"": no user has this username","Check \
                    that the user is in this environment and visible to the worker application, and how it is spelled."

                    """
            )
            let links = try await desk.simulator.links()
            #expect(
                links.map { "\($0.userID) \($0.externalID)" }.sorted() == [
                    #"3a1c7f0e-52b8-4d0f-9c64-0a4b7de21f08 say "hi""#,
                    "788d4931-6936-43f2-82ff-178f5762298a 831152908468744",
                    "788d4931-6936-43f2-82ff-178f5762298a 831289761001",
                    "b4c04d27-ad8a-4a9b-8e4c-3e2d8f1c6a55 00987",
                ]
            )
            let ledger = try #require(desk.folder.bytes("users-by-name.csv.ledger"))
            for text in ["@example.com", "leslie", "Leslie"] {
                #expect(ledger.range(of: Data(text.utf8)) == nil, "\(text)")
            }

            let second = try await desk.start(flags + ["--json"]).outcome()
            let summary = try second.json(Summary.self)
            #expect(summary.skipped == 4)
            #expect(summary.invalid == 1)
            #expect(try await lookups(desk) == 1 + 5, "only who was not found is looked up again")
            #expect(try await desk.simulator.counters().posts == 4)
        }
    }

    @Test("an address with quotes finds its user and nobody else")
    func quotes() async throws {
        let known = try TemporaryFolder()
        try known.write(
            "known.csv",
            #"""
            userID,email,externalId
            \#(Rows.user(1)),"""le slie"" & co+100%\ü🦊@example.com",A-1
            \#(Rows.user(2)),"x@example.com"" or email pr or email eq ""y",a-1

            """#
        )
        try await Desk.with("--users", known.path("known.csv")) { desk in
            try desk.folder.write(
                "users.csv",
                #"""
                userID,externalId
                """le slie"" & co+100%\ü🦊@example.com",account-1
                "x@example.com"" or email pr or email eq ""y",account-2
                "x"" or email pr or email eq ""y",account-3

                """#
            )
            let (outcome, summary) = try await desk.importing("users.csv", "--user-key", "email")
            #expect(outcome.exitCode == 1)
            #expect(summary.linked == 2)
            #expect(summary.invalid == 1)
            let links = try await desk.simulator.links()
            #expect(
                Set(links.map { "\($0.userID) \($0.externalID)" })
                    == ["\(Rows.user(1)) account-1", "\(Rows.user(2)) account-2"]
            )

            try desk.folder.write("more.csv", "userID,externalId\na-1,account-4\nA-1,account-5\nA-2,account-6\n")
            let more = try await desk.importing("more.csv", "--user-key", "externalId")
            #expect(more.summary.linked == 2)
            #expect(more.summary.invalid == 1)
            let all = try await desk.simulator.links()
            #expect(all.contains { $0.userID == Rows.user(2) && $0.externalID == "account-4" })
            #expect(all.contains { $0.userID == Rows.user(1) && $0.externalID == "account-5" })
        }
    }

    @Test("two names that claim one account are both invalid; a repetition is skipped, in whatever case")
    func rivals() async throws {
        try await Desk.with { desk in
            try desk.folder.write(
                "users.csv",
                Self.rows([1, 2, 3]) + "user-\(Rows.user(4))@example.com,account-2\n"
                    + "USER-\(Rows.user(3))@EXAMPLE.com,account-3\n"
            )
            let (outcome, summary) = try await desk.importing("users.csv", "--user-key", "username")
            #expect(outcome.exitCode == 1)
            #expect(summary.linked == 2)
            #expect(summary.invalid == 2)
            #expect(summary.skipped == 1)
        }
    }

    @Test("from standard input; a repetition with other attributes is told from an exact one")
    func stream() async throws {
        try await Desk.with { desk in
            func row(_ user: Int, _ nickname: String) -> String {
                "user-\(Rows.user(user))@example.com,account-\(user),\(nickname)\n"
            }
            try desk.folder.write(
                "users.csv",
                "userID,externalId,attributes.nickname\n" + row(1, "a") + row(2, "b") + row(1, "a") + row(2, "c")
            )
            let flags = ["--user-key", "username", "--ledger", "l.ledger"]
            let all = ["import", "-", "--json"] + flags
            let outcome = try await desk.start(all, input: "users.csv").outcome()
            let summary = try outcome.json(Summary.self)
            #expect(summary.linked == 2)
            #expect(summary.skipped == 1)
            #expect(summary.invalid == 1)
            #expect(
                try desk.folder.text("l.ledger.rejects.csv").contains(
                    "repeats the link of line 3 with other attributes"
                )
            )
        }
    }

    @Test("a tenant with many users: all are listed once, and rows take one request each, dry or not")
    func listed() async throws {
        let known = try TemporaryFolder()
        try known.write("known.csv", "userID\n" + (1...3000).map { Rows.user($0) + "\n" }.joined())
        try await Desk.with("--users", known.path("known.csv")) { desk in
            try desk.folder.write("users.csv", Self.rows(2000...2400))
            let flags = ["--user-key", "username"]
            let dry = try await desk.importing("users.csv", "--dry-run", "--user-key", "username")
            #expect(dry.outcome.exitCode == 0)
            #expect(try await lookups(desk) == 1 + 3)
            let (outcome, summary) = try await desk.importing("users.csv", "--user-key", "username")
            #expect(outcome.exitCode == 0)
            #expect(summary.linked == 401)
            #expect(summary.requests == 401 + 2 + 1 + 3)
            #expect(outcome.errors.contains("Listing the 3,000 users of the environment (--user-index)"))
            let links = try await desk.simulator.links()
            #expect(links.allSatisfy { $0.externalID == "account-\(Int($0.userID.suffix(12)) ?? 0)" })

            let gone = try await desk.start(["unlink", "users.csv", "--yes", "--json"] + flags).outcome()
            #expect(gone.exitCode == 0, "\(gone.errors)")
            #expect(try await desk.simulator.links().isEmpty)
            #expect(try await lookups(desk) == 3 * (1 + 3))
        }
    }

    @Test("killed among faults that meet look-ups too, and run again: every row is linked once")
    func killed() async throws {
        let faults =
            "apply-then-reset=0.03,reset-before=0.03,apply-then-500=0.03,500=0.03,503=0.02,429=0.02,truncated=0.02,"
            + "broken-json=0.02,on=all"
        try await Desk.with("--faults", faults, "--latency", "4", "--jitter", "8", "--retry-after", "0") { desk in
            let rows = 120
            try desk.folder.write("users.csv", Self.rows(1...rows))
            let arguments = [
                "import", "users.csv", "--json", "--rate", "400", "--attempts", "20", "--user-key", "username",
            ]
            try await desk.kill(arguments, afterPosts: [20, 60])
            let third = try await desk.start(arguments).outcome()
            // A look at the environment whose answer is no JSON ends the run before a row is sent.
            #expect([0, 1, 78].contains(third.exitCode), "\(third.errors)")
            try await desk.simulator.change(#"{"faults": ""}"#)
            let last = try await desk.start(arguments).outcome()
            #expect(last.exitCode == 0, "\(last.errors)")

            let links = try await desk.simulator.links()
            #expect(links.count == rows)
            #expect(
                Set(links.map { "\($0.userID) \($0.externalID)" })
                    == Set((1...rows).map { "\(Rows.user($0)) account-\($0)" })
            )
            #expect(try await desk.results("users.csv.ledger").count == rows)
            #expect(try await desk.simulator.journal().brokenPromises == [])
            let before = try await desk.simulator.counters().requests
            #expect(try await desk.start(arguments).outcome().exitCode == 0)
            #expect(try await desk.simulator.counters().requests == before)
        }
    }
}
