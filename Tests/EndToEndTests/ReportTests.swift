import Foundation
import TestKit
import Testing

@Suite("report: a page about what a ledger knows", .serialized, .patient)
struct ReportTests {
    @Test("makes a page beside the ledger, only its owner's, that tells what status tells")
    func page() async throws {
        try await Desk.with { desk in
            try desk.takeSample("users-with-mistakes.csv")
            _ = try await desk.importing("users-with-mistakes.csv")
            let outcome = try await desk.pinglink("report", "users-with-mistakes.csv.ledger")
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output == "report: users-with-mistakes.csv.ledger.html\n")
            #expect(outcome.errors == "")
            let quiet = try await desk.pinglink("report", "users-with-mistakes.csv.ledger", "--quiet")
            #expect((quiet.exitCode, quiet.output + quiet.errors) == (0, ""))
            let page = try desk.folder.text("users-with-mistakes.csv.ledger.html")
            #expect(page.contains("<p class=\"verdict\">2 of 10 rows are linked.</p>"))
            #expect(page.contains("CLAIMED_FOR_TWO_USERS") && page.contains("Keep one of the two."))
            #expect(page.hasSuffix("</html>\n"))
            #expect(try desk.folder.mode("users-with-mistakes.csv.ledger.html") == 0o600)

            let named = try await desk.pinglink("report", "users-with-mistakes.csv.ledger", "-o", "a/b.html")
            #expect(named.exitCode == 74)
            #expect(
                named.errors
                    == "pinglink: a/b.html: cannot be written: No such file or directory. Check the folder, or name another "
                    + "file with --output.\n"
            )
            let piped = try await desk.pinglink("report", "users-with-mistakes.csv.ledger", "--output", "-")
            #expect(piped.output.hasPrefix("<!DOCTYPE html>\n") && piped.output.hasSuffix("</html>\n"))
            #expect(
                try desk.folder.names.filter { $0.contains("html") } == ["users-with-mistakes.csv.ledger.html"],
                "nothing else is left"
            )
        }
    }

    @Test("shows the rate in force, and the pauses that PingOne asked for")
    func pauses() async throws {
        // A run of less than two seconds has no chart.
        try await Desk.with("--faults", "POST*0003=429", "--retry-after", "3") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...6))
            #expect(try await desk.importing("users.csv").summary.throttled == 1)
            let page = try await desk.pinglink("report", "users.csv.ledger", "-o", "-").output
            #expect(page.contains("PingOne asked for 1 pause, "))
            #expect(page.contains("class=\"pause\""))
            #expect(page.contains("class=\"rate\" d=\"M"))
            #expect(page.contains("(1 × 429)"))
        }
    }

    @Test("can be made while a run goes on, and afterwards says that it was killed")
    func goingOn() async throws {
        try await Desk.with("--latency", "100") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...400))
            let run = try desk.start(["import", "users.csv", "--rate", "4"])
            try await desk.simulator.hasSeen(posts: 5)
            let live = try await desk.pinglink("report", "users.csv.ledger")
            #expect(live.exitCode == 0, "\(live.errors)")
            #expect(try desk.folder.text("users.csv.ledger.html").contains("UTC, while a run was going on."))
            let status = try await desk.pinglink("status", "users.csv.ledger", "--json")
            #expect(status.output.contains(#""state":"going-on""#))
            run.send(SIGKILL)
            _ = await run.outcome()
            _ = try await desk.pinglink("report", "users.csv.ledger")
            #expect(try desk.folder.text("users.csv.ledger.html").contains("killed before it had ended"))
            #expect(
                try await desk.pinglink("status", "users.csv.ledger", "--json").output.contains(#""state":"killed""#)
            )
        }
    }

    @Test("--report-file renews itself while the run goes on, and stays as it is when the run has ended")
    func follows() async throws {
        try await Desk.with("--latency", "50") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...400))
            try desk.folder.write("page.html", "")
            let page = desk.folder.path("page.html")
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: page)
            let run = try desk.start(["import", "users.csv", "--rate", "20", "--report-file", "page.html"])
            try await waitUntil { try !desk.folder.text("page.html").isEmpty }
            #expect(try desk.folder.text("page.html").contains(#"<meta http-equiv="refresh" content="30"/>"#))
            #expect(try desk.folder.text("page.html").contains("renews itself every 30 s until the run has ended."))
            try await desk.simulator.hasSeen(posts: 3)
            run.send(SIGTERM)
            #expect(await run.outcome().exitCode == 143)
            let last = try desk.folder.text("page.html")
            #expect(!last.contains("refresh") && !last.contains("renews itself"))
            #expect(last.contains("of 400 rows are linked"))
            #expect(try desk.folder.mode("page.html") == 0o644, "a web server may go on to show it")

            for command in ["verify", "undo --yes", "unlink --yes"] {
                let words = command.split(separator: " ").map(String.init)
                let file = words[0] == "unlink" ? "users.csv" : "users.csv.ledger"
                let flags = ["--report-file", "other.html", "--limit", "1"].prefix(words[0] == "unlink" ? 4 : 2)
                _ = try await desk.start(words + [file] + flags).outcome()
                #expect(try desk.folder.text("other.html").hasSuffix("</html>\n"), "\(command)")
                #expect(try !desk.folder.text("other.html").contains("refresh"))
                #expect(try !desk.folder.text("other.html").contains("verify again to go on"), "\(command)")
                let wrong = try await desk.start(words + [file, "--report-file", "users.csv"]).outcome()
                #expect(wrong.exitCode == 64 && wrong.errors.contains("--report-file"), "\(wrong.errors)")
                try FileManager.default.removeItem(at: desk.folder.file("other.html"))
            }
            try desk.folder.write("pinglink.yaml", "report-file: proof.csv\n")
            let both = try await desk.pinglink("verify", "users.csv.ledger", "--output", "proof.csv")
            #expect(both.exitCode == 64, "\(both.errors)")
            #expect(try !desk.folder.names.contains("proof.csv"))
        }
    }

    @Test("never writes over the ledger, and says what is wrong with a file that is none")
    func refusals() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            _ = try await desk.importing("users.csv")
            let before = desk.folder.bytes("users.csv.ledger")
            let over = try await desk.pinglink("report", "users.csv.ledger", "-o", "./users.csv.ledger")
            #expect(over.exitCode == 64)
            #expect(over.errors.contains("is the file of LEDGER too"))
            #expect(desk.folder.bytes("users.csv.ledger") == before)
            let missing = try await desk.pinglink("report", "missing.ledger")
            #expect(missing.exitCode == 66)
            let other = try await desk.pinglink("report", "users.csv")
            #expect(other.exitCode == 65)
            #expect(!desk.folder.has("users.csv.html") && !desk.folder.has("missing.ledger.html"))
        }
    }

    @Test("tells no value of a cell, no id and no secret")
    func secrecy() async throws {
        try await Desk.with("--faults", "500=0.3,truncated=0.2,only=POST", "--retry-after", "0") { desk in
            let rows = (1...30).map { "\(Rows.user($0)),planted-\($0),planted-\($0)@example.com\n" }.joined()
            try desk.folder.write(
                "users.csv",
                "userID,externalId,attributes.email\n" + rows + "planted-31,x,\n\(Rows.user(32)),,planted-32\n"
            )
            _ = try await desk.importing("users.csv", "--attempts", "2", "--max-failures", "100%")
            _ = try await desk.pinglink("verify", "users.csv.ledger")
            let page = try await desk.pinglink("report", "users.csv.ledger", "-o", "-").output
            #expect(page.contains("INVALID_USER_ID"))
            let secrets = [
                "planted", "5eed0000", desk.simulator.environment["PINGONE_CLIENT_SECRET"],
                desk.simulator.environment["PINGONE_IDENTITY_PROVIDER_ID"], desk.folder.path,
            ]
            for secret in secrets.compactMap(\.self) {
                #expect(!page.contains(secret), "\(secret) is in the page")
            }
        }
    }
}
