import Foundation
import TestKit
import Testing

@Suite("validate: what an import would say, without sending anything", .serialized, .patient)
struct ValidateTests {
    /// Without any connection.
    private func validate(_ text: String, _ arguments: String...) async throws -> Outcome {
        let folder = try TemporaryFolder()
        try folder.write("users.csv", text)
        let outcome = try await Program(
            try Program.built("pinglink"),
            ["validate", "users.csv"] + arguments,
            environment: ["TZ": "UTC"],
            folder: folder.url
        ).outcome()
        #expect(try folder.names == ["users.csv"])
        return outcome
    }

    @Test("a good file: 0, and the time that the import would take")
    func good() async throws {
        let outcome = try await validate(Rows.csv(1...100), "--rate", "50")
        #expect(outcome.exitCode == 0)
        #expect(outcome.output == "100 rows: 100 to send, 0 invalid, 0 repeated\ntime to import: 2.0 s at 50/s\n")
        #expect(outcome.errors == "")
    }

    @Test("users by name are not looked up, and the estimate has room for the look-ups")
    func byName() async throws {
        let text = try String(contentsOf: Program.sample("users-by-name.csv"), encoding: .utf8)
        let outcome = try await validate(text, "--user-key", "username", "--map", "Login=userID", "--rate", "1")
        #expect(outcome.exitCode == 0)
        #expect(
            outcome.output
                == "5 rows: 5 to send, 0 invalid, 0 repeated\n"
                + "warning: 2 rows (line 2 is the first) give a user one of several accounts at the same provider. "
                + "Check that the user is meant to have them all.\ntime to import: 10 s at 1/s\n"
        )
    }

    @Test("users.csv is good")
    func sample() async throws {
        let outcome = try await validate(try String(contentsOf: Program.sample("users.csv"), encoding: .utf8))
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.hasPrefix("13 rows: 12 to send, 0 invalid, 1 repeated\n"))
    }

    @Test("users-with-mistakes.csv: 1, and every problem with its line and what to do")
    func mistakes() async throws {
        let text = try String(contentsOf: Program.sample("users-with-mistakes.csv"), encoding: .utf8)
        let outcome = try await validate(text)
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.hasPrefix("10 rows: 2 to send, 8 invalid, 0 repeated\n"))
        #expect(
            outcome.messages == #"""
                pinglink: warning: users.csv: line 3: column "externalId": the external id is empty. Give the account's id at the identity provider, as text.
                pinglink: warning: users.csv: line 4: column "userID": the user id is not a UUID. Give the PingOne user's id, a UUID; for user names or e-mail addresses use --user-key.
                pinglink: warning: users.csv: line 5: 3 fields where the header has 4. Quote fields that hold the delimiter, or add the missing fields.
                pinglink: warning: users.csv: line 6: column "attributes": not valid JSON (at byte 2 of the cell). Write {"email":"l@example.com"} or {"email":{"value":"l@example.com","update":"ALWAYS"}}.
                pinglink: warning: users.csv: line 7: the attribute "email" is named twice. Keep one of the two.
                pinglink: warning: users.csv: line 8: column "externalId": line 9 claims the same external id for another user. Find out whose account it is and remove the other row.
                pinglink: warning: users.csv: line 9: column "externalId": line 8 claims the same external id for another user. Find out whose account it is and remove the other row.
                pinglink: warning: users.csv: line 10: repeats the link of line 2 with other attributes. Keep the row that is right and remove the other.

                """#
        )

        struct Check: Decodable, Equatable {
            var rows: Int
            var valid: Int
            var invalid: Int
            var repeated: Int
            var exitCode: Int
        }
        let check = try await validate(text, "--json").json(Check.self)
        #expect(check == Check(rows: 10, valid: 2, invalid: 8, repeated: 0, exitCode: 1))
    }

    @Test("records that only a test can spell: NUL, ids that are too long, a wrong provider")
    func awkward() async throws {
        let long = String(repeating: "é", count: 1025)
        let fits = String(repeating: "é", count: 1024)
        let outcome = try await validate(
            """
            userID,externalId,identityProviderId
            \(Rows.user(1)),a\0b,
            \(Rows.user(2)),\(long),
            \(Rows.user(3)),\(fits),
            \(Rows.user(4)),a-4,twitter

            """
        )
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.hasPrefix("4 rows: 1 to send, 3 invalid, 0 repeated\n"))
        for problem in [
            "line 2: column \"externalId\": a NUL character.",
            "line 3: column \"externalId\": the external id has 1025 characters, more than 1024.",
            "line 5: column \"identityProviderId\": the identity provider id is not a UUID.",
        ] { #expect(outcome.messages.contains(problem), "\(outcome.messages)") }
    }

    @Test("ids that a spreadsheet has damaged and reserved names get a warning, no more")
    func warnings() async throws {
        let outcome = try await validate(
            "userID,externalId,attributes.enabled\n\(Rows.user(1)),1.23E+115,true\n\(Rows.user(2)),1e5,\n"
        )
        #expect(outcome.exitCode == 0)
        #expect(
            outcome.messages
                == """
                pinglink: warning: PingOne reserves the attribute name enabled: it may refuse rows that have it.
                pinglink: warning: 1 id (line 2) looks as if a spreadsheet or a formula had changed it: \
                it is sent as it stands. Export the column as text.

                """.replacing("warning: ", with: "warning: users.csv: ")
        )
    }

    @Test("a broken structure: 65, with its place")
    func broken() async throws {
        let outcome = try await validate(Rows.csv(1...3) + "\(Rows.user(4)),\"a\n")
        #expect(outcome.exitCode == 65)
        #expect(outcome.output == "")
        #expect(
            outcome.errors.hasPrefix(
                "pinglink: users.csv: line 5, column 38: the quote that opens here is never closed."
            )
        )
    }
}
