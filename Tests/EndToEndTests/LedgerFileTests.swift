import Foundation
import TestKit
import Testing

@Suite("What stands where the ledger is to be", .patient)
struct LedgerFileTests {
    @Test(
        "a path is a path, whatever it looks like",
        arguments: [
            "file:users.ledger", "file:users.ledger?mode=memory", ":memory:", "50% #1?.ledger", "-users.ledger",
            "Ünïcödé 👩‍💻.ledger", "two\nlines \u{1B}[31m.ledger",
        ]
    )
    func oddPaths(path: String) async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            let (outcome, _) = try await desk.importing("users.csv", "--ledger=\(path)")
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try desk.folder.names == [path, "users.csv"].sorted())
            #expect(try desk.folder.mode(path) == 0o600)
            #expect(try await desk.importing("users.csv", "--ledger=\(path)").summary.skipped == 2)
            let status = try await desk.pinglink("status", "--", path)
            #expect(status.output.contains("2 linked"), "\(status.errors)")
        }
    }

    @Test("a name that is too long is named, and nothing is sent")
    func longName() async throws {
        try await Desk.with { desk in
            let name = String(repeating: "n", count: 245) + ".csv"
            try desk.folder.write(name, Rows.csv(1...2))
            let outcome = try await desk.pinglink("import", name)
            #expect(outcome.exitCode == 73)
            #expect(
                outcome.errors == """
                    pinglink: \(name).rejects.csv: cannot be written: File name too long. Nothing was sent. Correct that, \
                    or choose another place with --ledger PATH, --rejects PATH and --retry-file PATH.

                    """
            )
            #expect(try await desk.simulator.counters().requests == 0)
        }
    }

    @Test("a link leads to the ledger, which has its lock and its log where it is")
    func symbolicLink() async throws {
        try await Desk.with { desk in
            let real = try TemporaryFolder()
            try FileManager.default.createSymbolicLink(
                atPath: desk.folder.path("users.csv.ledger"),
                withDestinationPath: real.path("real")
            )
            try desk.folder.write("users.csv", Rows.csv(1...2))
            let dangling = try await desk.pinglink("import", "users.csv")
            #expect(dangling.exitCode == 73)
            #expect(
                dangling.errors.contains(
                    "users.csv.ledger: the ledger cannot be created or opened for writing: no such file"
                )
            )

            try real.write("real", "")
            try await desk.simulator.change(#"{"faults": "stall=1,only=POST"}"#)
            let run = try desk.start(["import", "users.csv"])
            try await desk.simulator.hasSeen(posts: 1)
            #expect(try real.names == ["real", "real-shm", "real-wal"])
            let second = try await desk.pinglink("import", "users.csv", "--ledger", real.path("real"))
            #expect(second.exitCode == 75)
            run.send(SIGKILL)
            _ = await run.outcome()

            try await desk.simulator.change(#"{"faults": ""}"#)
            #expect(try await desk.importing("users.csv").outcome.exitCode == 0)
            #expect(try real.names == ["real"])
            #expect(try desk.folder.names == ["users.csv", "users.csv.ledger"])
        }
    }

    @Test(
        "something that is no ledger is refused by import with 73, by status with 65, and is left as it is",
        arguments: [
            ("mkdir l", "l: this is no ledger: it is a folder."),
            ("mkfifo l", "l: this is no ledger: it is not a regular file."),
            ("ln -s /dev/full l", "l: this is no ledger: it is not a regular file."),
            ("seq 9000 > l", "l: this is no ledger: it is not an SQLite database."),
            (
                StandIn.command("other_database").map { "'\($0)'" }.joined(separator: " ") + " l",
                "l: this is no ledger: it is another program's SQLite database."
            ),
        ]
    )
    func otherThings(making: String, message: String) async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv([1]))
            #expect(try await Program.run("sh", ["-c", making], folder: desk.folder.url).exitCode == 0)
            let before = try? FileManager.default.attributesOfItem(atPath: desk.folder.path("l"))
            let writing = try await desk.pinglink("import", "users.csv", "--ledger", "l")
            #expect(writing.exitCode == 73)
            #expect(writing.errors.contains(message), "\(writing.errors)")
            #expect(writing.errors.contains("It was left as it is; name another file as the ledger."))
            #expect(try await desk.pinglink("status", "l").exitCode == 65)
            let after = try? FileManager.default.attributesOfItem(atPath: desk.folder.path("l"))
            #expect(before?[.modificationDate] as? Date == after?[.modificationDate] as? Date)
            #expect(try desk.folder.names == ["l", "users.csv"])
            #expect(try await desk.simulator.counters().requests == 0)
        }
    }

    @Test(
        "of 16 runs at once one has the ledger, the others end with 75; killed, it leaves no lock; modes keep others out"
    )
    func race() async throws {
        try await Desk.with("--faults", "stall=1,only=POST") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...3) + "carla,4\n")
            let pinglink = try Program.built("pinglink").path
            let runs = try (0..<16).map { _ in
                try Program(
                    URL(filePath: "/bin/bash"),
                    ["-c", "umask 000; exec \"$0\" import users.csv --timeout 600", pinglink],
                    environment: desk.environment,
                    folder: desk.folder.url
                )
            }
            try await withThrowingTaskGroup(of: (run: Int, code: Int32).self) { group in
                for (number, run) in runs.enumerated() { group.addTask { (number, await run.outcome().exitCode) } }
                // The one that has the ledger waits for its answer until somebody kills it.
                var waiting = Set(runs.indices)
                while waiting.count > 1, let ended = try await group.next() {
                    #expect(ended.code == 75)
                    waiting.remove(ended.run)
                }
                try await desk.simulator.hasSeen(posts: 1)
                for name in ["users.csv.ledger", "users.csv.ledger-shm", "users.csv.ledger-wal"] {
                    #expect(try desk.folder.mode(name) == 0o600, "\(name)")
                }
                for number in waiting { runs[number].send(SIGKILL) }
                #expect(try await group.next()?.code == -SIGKILL)
            }

            try await desk.simulator.change(#"{"faults": ""}"#)
            let (outcome, summary) = try await desk.importing("users.csv")
            #expect(outcome.exitCode == 1)
            #expect(summary.linked == 3, "\(summary)")
            #expect(try desk.folder.mode("users.csv.rejects.csv") == 0o600)
            #expect(try await desk.simulator.links().count == 3)
            #expect(try await desk.simulator.journal().brokenPromises == [])
        }
    }
}
