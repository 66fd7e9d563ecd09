import Foundation
import TestKit
import Testing

@Suite("Text from elsewhere on its way to a terminal, a file, a spreadsheet", .serialized, .patient)
struct TerminalTests {
    private static let escape = "\u{1B}[31m"

    /// No control character but the line break, and nothing that turns the direction of text.
    private func expectHarmless(_ text: String, _ where: String, _ location: SourceLocation = #_sourceLocation) {
        let harm = text.unicodeScalars.filter { scalar in
            switch scalar.value {
            case 0x0A: false
            case ..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
            default: false
            }
        }
        #expect(harm.isEmpty, "\(`where`): \(text.debugDescription)", sourceLocation: location)
    }

    @Test("names of columns, files, arguments and settings are shown with their control characters escaped")
    func names() async throws {
        try await Desk.with { desk in
            let wild = "wild \(Self.escape)\u{9B}2J\u{202E}\u{7}.csv"
            try desk.folder.write(wild, Rows.csv([1]) + "carla,2\n")
            try desk.folder.write("column.csv", "userID,externalId,\"\(Self.escape)x\u{202E}\"\n\(Rows.user(1)),1,2\n")
            try desk.folder.write("c.yaml", "\"\\e[31mkey\": 1\n")
            let calls: [(arguments: [String], exitCode: Int32)] = [
                (["import", wild], 1), (["status", wild + ".ledger"], 0),
                (["validate", wild, "--log-format", "json"], 1),
                (["import", wild, "--log-format", "json"], 1), (["import", wild + "x"], 66), (["status", wild], 65),
                (["export", wild + "x"], 66), (["import", "column.csv"], 65), (["validate", "column.csv"], 65),
                (["import", wild, "--config", "c.yaml"], 78), (["import", wild, "--rate", Self.escape], 64),
                (["import", wild, "--\(Self.escape)"], 64), (["\(Self.escape)import"], 64),
                (["import", wild, wild], 64),
                (["export", "x", "--state", Self.escape], 64),
            ]
            for (arguments, exitCode) in calls {
                let outcome = try await desk.start(arguments).outcome()
                #expect(outcome.exitCode == exitCode, "\(arguments): \(outcome.errors)")
                expectHarmless(outcome.output + outcome.errors, arguments.debugDescription)
            }
            let shown = try await desk.pinglink("import", "column.csv")
            #expect(shown.errors.contains(#"the header has "\u{1b}[31mx\u{202e}", which is not known."#))

            struct Status: Decodable {
                var runs: [Run]
            }
            struct Run: Decodable {
                var source: String
            }
            let status = try await desk.pinglink("status", wild + ".ledger", "--json")
            expectHarmless(status.output, "status --json")
            #expect(try status.json(Status.self).runs.first?.source == wild, "a program gets the name as it is")
        }
    }

    @Test("export shows a terminal what is in it, and gives files and programs the text as it is")
    func export() async throws {
        try await Desk.with { desk in
            let wild = "a\(Self.escape)\u{9B}2J\u{202E}"
            try desk.folder.write("users.csv", "userID,externalId\n\(Rows.user(1)),\(wild)\n")
            #expect(try await desk.importing("users.csv").outcome.exitCode == 0)
            let piped = try await desk.pinglink("export", "users.csv.ledger")
            #expect(piped.output.contains(",\(wild),"))
            _ = try await desk.pinglink("export", "users.csv.ledger", "--output", "out.csv")
            #expect(try desk.folder.text("out.csv") == piped.output)

            let shown = try await PseudoTerminal.start(
                desk,
                ["export", "users.csv.ledger"],
                widths: [80],
                environment: [:]
            ).outcome()
            #expect(shown.exitCode == 0)
            let text = shown.errors.replacing("\r\n", with: "\n")
            expectHarmless(text, "export")
            #expect(text.contains(#",a\u{1b}[31m\u{9b}2J\u{202e},"#), "\(text)")
        }
    }

    @Test("what a spreadsheet would take for a formula stays as it is, and the help says so")
    func formulas() async throws {
        try await Desk.with { desk in
            let formulas = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)"]
            let rows = formulas.enumerated().map { "\(Rows.user($0.offset)),\($0.element)\n" }
            try desk.folder.write("users.csv", Rows.header + rows.joined() + formulas.map { "\($0),x\n" }.joined())
            #expect(try await desk.importing("users.csv").outcome.exitCode == 1)
            #expect(Set(try await desk.simulator.links().map(\.externalID)) == Set(formulas))
            #expect(Set(try await desk.results("users.csv.ledger").compactMap(\.externalId)).isSuperset(of: formulas))
            let export = try await desk.pinglink("export", "users.csv.ledger").output
            let rejects = try desk.folder.text("users.csv.rejects.csv")
            for formula in formulas {
                #expect(export.contains(",\(formula),"))
                #expect(rejects.contains("\n\(formula),x,"), "\(rejects)")
            }
            for command in ["import", "export"] {
                let help = try await desk.pinglink(command, "--help").output
                #expect(help.contains("formula"), "\(command)")
            }
        }
    }

    @Test("a server's codes, ids and headers reach neither a terminal nor the ledger, unless they are codes and ids")
    func hostileAnswers() async throws {
        try await HostileServer.with { server in
            let folder = try TemporaryFolder()
            try folder.write("users.csv", Rows.csv(0...HostileServer.tricks))
            func pinglink(_ arguments: String...) async throws -> Outcome {
                try await Program(
                    try Program.built("pinglink"),
                    arguments,
                    environment: server.environment.merging(["HOME": folder.path]) { $1 },
                    folder: folder.url
                ).outcome()
            }
            let run = try await pinglink("import", "users.csv", "-v", "--attempts", "1", "--max-failures", "100")
            #expect(run.exitCode == 1, "\(run.errors)")
            let export = try await pinglink("export", "users.csv.ledger", "--format", "jsonl")
            let rows = try export.output.split(separator: "\n").map {
                try Outcome.decoder.decode(LedgerRow.self, from: Data($0.utf8))
            }
            #expect(
                rows.map(\.state) == [
                    "rejected", "rejected", "rejected", "rejected", "failed", "failed", "rejected", "rejected",
                    "rejected", "linked",
                ]
            )
            for row in rows {
                #expect(row.correlationId == nil)
                #expect(row.errorId == nil)
                #expect([nil, "UNREADABLE_ANSWER"].contains(row.errorCode))
                #expect(row.linkedAccountId == (row.state == "linked" ? "good" : nil))
            }
            for text in try [run.output, run.errors, export.output, folder.text("users.csv.rejects.csv")] {
                expectHarmless(text, "hostile answers")
                #expect(!text.contains("planted"))
                #expect(!text.contains("forged"))
            }
            #expect(try #require(folder.bytes("users.csv.ledger")).count < 200_000)
        }
    }
}
