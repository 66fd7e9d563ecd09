import Foundation
import TestKit
import Testing

@Suite("Standard input", .serialized, .patient)
struct StreamTests {
    @Test("is imported with --ledger; result files stand beside the ledger")
    func works() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...100) + "carla,1\n")
            let (outcome, summary) = try await desk.importing("-", "--ledger", "l.ledger", input: "users.csv")
            #expect(outcome.exitCode == 1)
            #expect(summary.linked == 100)
            #expect(summary.invalid == 1)
            #expect(try desk.folder.names == ["l.ledger", "l.ledger.rejects.csv", "users.csv"])
            #expect(outcome.messages.contains("standard input can be read only once"))

            let again = try await desk.importing("-", "--ledger", "l.ledger", input: "users.csv")
            #expect(again.summary.skipped == 100)
            #expect(try await desk.simulator.counters().posts == 100)
        }
    }

    @Test("what stands before a broken place has been sent, and the message says so")
    func broken() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...20) + "\(Rows.user(21)),a\"b\n")
            let (outcome, summary) = try await desk.importing("-", "--ledger", "l.ledger", input: "users.csv")
            #expect(outcome.exitCode == 65)
            #expect(summary.linked == 20)
            #expect(summary.unsent == 0)
            #expect(try await desk.simulator.links().count == 20)
            #expect(outcome.messages.contains("standard input: line 22, column 39: a quote stands inside a field"))
            #expect(outcome.messages.contains("The rows before this place have been sent; the ledger knows them."))
        }
    }

    @Test("a pipe is served while it is open: rows are sent before its end")
    func open() async throws {
        try await Desk.with { desk in
            _ = try await Program.run("mkfifo", ["rows"], folder: desk.folder.url)
            let run = try desk.start(["import", "rows", "--json", "--ledger", "l.ledger"])
            let pipe = try FileHandle(forWritingTo: desk.folder.file("rows"))
            try pipe.write(contentsOf: Data(Rows.csv([1]).utf8))
            try await desk.simulator.hasSeen(posts: 1)
            try pipe.write(contentsOf: Data("\(Rows.user(2)),account-2\n".utf8))
            try pipe.close()
            let outcome = await run.outcome()
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try await desk.simulator.links().count == 2)
        }
    }

    @Test("a pipe that stays open and silent does not keep a signal waiting")
    func silent() async throws {
        try await Desk.with { desk in
            _ = try await Program.run("mkfifo", ["rows"], folder: desk.folder.url)
            let run = try desk.start(["import", "rows", "--json", "--ledger", "l.ledger"])
            let pipe = try FileHandle(forWritingTo: desk.folder.file("rows"))
            try pipe.write(contentsOf: Data((Rows.csv([1]) + "\(Rows.user(2)),acc").utf8))
            try await desk.simulator.hasSeen(posts: 1)
            run.send(SIGTERM)
            let outcome = await run.outcome()
            #expect(outcome.exitCode == 143, "\(outcome.errors)")
            try pipe.close()
            // The half of a record that had come is no row.
            #expect(try outcome.json(Summary.self).rows == 1)
        }
    }

    @Test("gzip on standard input is recognised by its first bytes")
    func gzip() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...10))
            _ = try await Program.run("gzip", ["users.csv"], folder: desk.folder.url)
            let (outcome, summary) = try await desk.importing("-", "--ledger", "l.ledger", input: "users.csv.gz")
            #expect(outcome.exitCode == 0)
            #expect(summary.linked == 10)
        }
    }

    @Test("a file with a header and no rows is fine")
    func headerOnly() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.header)
            let (outcome, summary) = try await desk.importing("users.csv")
            #expect(outcome.exitCode == 0)
            #expect(summary.rows == 0)
            #expect(outcome.errors.contains("users.csv: there is a header and no row: nothing is sent."))
        }
    }
}
