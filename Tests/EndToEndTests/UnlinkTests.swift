import Foundation
import TestKit
import Testing

@Suite("unlink: what a file names", .serialized, .patient)
struct UnlinkTests {
    private func prepare(_ desk: Desk) async throws {
        try desk.folder.write("users.csv", Rows.csv(1...30))
        #expect(try await desk.importing("users.csv").outcome.exitCode == 0)
        try desk.folder.write("leavers.csv", Rows.csv(21...30) + "carla,31\n")
    }

    @Test("looks at no attributes: neither wrong ones nor different ones keep a link from being deleted")
    func attributes() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            #expect(try await desk.importing("users.csv").outcome.exitCode == 0)
            let links = try await desk.simulator.links()
            #expect(links.count == 2)
            let text = try desk.folder.text("users.csv")
            let rows = text.split(separator: "\n").dropFirst().map {
                $0.split(separator: ",").prefix(2).joined(separator: ",")
            }
            try desk.folder.write(
                "leavers.csv",
                "userID,externalId,attributes,attributes.email:SOMETIMES,providerAttributes.mail\n"
                    + rows.map { "\($0),{bad json,a,b\n\($0),{},c,d\n" }.joined()
            )
            let outcome = try await desk.pinglink("unlink", "leavers.csv", "--yes", "--json")
            #expect(outcome.exitCode == 0, "\(outcome.errors)\(outcome.output)")
            #expect(outcome.output.contains(#""rows":4,"unlinked":2,"#), "\(outcome.output)")
            #expect(try await desk.simulator.links().isEmpty)
        }
    }

    @Test("asks, deletes, keeps a ledger and result files of its own, and goes on where it was")
    func whole() async throws {
        try await Desk.with { desk in
            try await prepare(desk)
            let unasked = try await desk.pinglink("unlink", "leavers.csv")
            #expect(unasked.exitCode == 64)
            #expect(unasked.errors.contains("unlink asks before it deletes links: give --yes where nobody can answer."))
            #expect(try desk.folder.names.allSatisfy { !$0.contains("unlink") })
            let dry = try await desk.pinglink("unlink", "leavers.csv", "--dry-run")
            #expect(dry.output.contains("10 would be looked for and unlinked\n"), "\(dry.output)")
            #expect(try await desk.simulator.links().count == 30)

            let outcome = try await desk.pinglink(
                "unlink",
                "leavers.csv",
                "--yes",
                "--json",
                "--rate",
                "2000",
                "--metrics-file",
                "u.prom"
            )
            #expect(outcome.exitCode == 1, "\(outcome.errors)")
            #expect(outcome.output.contains(#""rows":11,"unlinked":10,"not_linked":0,"rejected":0,"invalid":1,"#))
            #expect(try await desk.simulator.links().count == 20)
            #expect(try desk.folder.names.contains("leavers.csv.unlink.rejects.csv"))
            #expect(try desk.folder.text("u.prom").contains("pinglink_rows{state=\"unlinked\"} 10\n"))
            let status = try await desk.pinglink("status", "leavers.csv.unlink.ledger")
            #expect(status.output.contains("  10 unlinked\n   1 invalid\n"), "\(status.output)")
            let export = try await desk.pinglink("export", "leavers.csv.unlink.ledger", "--state", "unlinked")
            #expect(export.output.components(separatedBy: ",unlinked,reply,").count == 11)

            let corrected = try desk.folder.text("leavers.csv.unlink.rejects.csv").replacing(
                "carla",
                with: Rows.user(31)
            )
            try desk.folder.write("leavers.csv.unlink.rejects.csv", corrected)
            let rest = try await desk.pinglink("unlink", "leavers.csv.unlink.rejects.csv", "--yes", "--json")
            #expect(rest.exitCode == 0, "\(rest.errors)")
            #expect(rest.output.contains(#""unlinked":0,"not_linked":1,"#), "\(rest.output)")
            #expect(
                try desk.folder.names.filter { $0.hasSuffix(".ledger") } == [
                    "leavers.csv.unlink.ledger", "users.csv.ledger",
                ]
            )
        }
    }

    @Test("the ledgers of imports and of unlink are kept apart, and neither verify nor undo takes one of unlink")
    func apart() async throws {
        try await Desk.with { desk in
            try await prepare(desk)
            let wrong = try await desk.pinglink("unlink", "leavers.csv", "--yes", "--ledger", "users.csv.ledger")
            #expect(wrong.exitCode == 64)
            #expect(wrong.errors.contains("users.csv.ledger: is a ledger of import, and unlink keeps its rows apart"))
            #expect(try await desk.pinglink("unlink", "leavers.csv", "--yes").exitCode == 1)
            let other = try await desk.pinglink("import", "users.csv", "--ledger", "leavers.csv.unlink.ledger")
            #expect(other.exitCode == 64)
            for command in [["verify"], ["undo", "--yes"]] {
                let outcome = try await desk.start(command + ["leavers.csv.unlink.ledger"]).outcome()
                #expect(outcome.exitCode == 64)
                #expect(outcome.errors.contains("is the ledger of an unlink"), "\(outcome.errors)")
            }
            let retry = try await desk.pinglink("unlink", "leavers.csv", "--retry", "missing")
            #expect(retry.exitCode == 64)
            #expect(retry.errors.contains("--retry: unlink has no rows that are missing."))
            try desk.folder.write("c.yaml", "retry: missing\n")
            let file = try await desk.pinglink("unlink", "leavers.csv", "--config", "c.yaml")
            #expect(file.exitCode == 78)
            #expect(file.errors.contains("pinglink: c.yaml: line 1: retry: unlink has no rows that are missing."))
            #expect(try await desk.simulator.links().count == 20)
        }
    }

    @Test("asks nothing where there are no rows")
    func noRows() async throws {
        try await Desk.with { desk in
            try desk.folder.write("leavers.csv", Rows.header)
            let outcome = try await desk.pinglink("unlink", "leavers.csv")
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
    }

    @Test("a yes on a terminal is an answer")
    func asks() async throws {
        try await Desk.with { desk in
            try await prepare(desk)
            for (answer, code, left) in [("no", 3, 30), ("yes", 1, 20)] {
                let script = "printf '\(answer)\\n' | script -qec 'pinglink unlink leavers.csv; echo code $?' /dev/null"
                let outcome = try await bash(script, at: desk)
                #expect(outcome.output.contains("10 rows") || outcome.output.contains("11 rows of leavers.csv"))
                #expect(outcome.output.contains("code \(code)"), "\(outcome.output)")
                #expect(try await desk.simulator.links().count == left)
            }
        }
    }
}
