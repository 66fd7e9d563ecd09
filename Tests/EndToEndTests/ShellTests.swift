import Foundation
import TestKit
import Testing

@Suite("What shells and machines do to it", .serialized, .patient)
struct ShellTests {
    private static let isRoot = getuid() == 0

    @Test("closed descriptors are opened on the null device, so that nothing else becomes standard output")
    func closedDescriptors() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...20))
            let outcome = try await bash(
                "pinglink import users.csv --rate 2000 --metrics-file m.prom <&- >&- 2>&-",
                at: desk
            )
            #expect(outcome.exitCode == 0)
            #expect(try desk.folder.names == ["m.prom", "users.csv", "users.csv.ledger"])
            #expect(try await desk.results("users.csv.ledger").count { $0.state == "linked" } == 20)
            #expect(try desk.folder.text("users.csv") == Rows.csv(1...20))
        }
    }

    @Test(
        "what is no regular file by its own path is read once, and needs a ledger",
        arguments: [
            ("<(zcat users.csv.gz)", ""), ("/dev/stdin", "< users.csv"), ("/proc/self/fd/0", "< users.csv"),
            ("/dev/fd/7", "7< users.csv"), ("pipe", "< <(zcat users.csv.gz > pipe)"), ("-", "< users.csv"),
        ]
    )
    func streams(input: String, redirection: String) async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5) + "carla,1\n")
            _ = try await Program.run("gzip", ["-k", "users.csv"], folder: desk.folder.url)
            _ = try await Program.run("mkfifo", ["pipe"], folder: desk.folder.url)
            let refused = try await bash("pinglink import \(input) \(input == "pipe" ? "" : redirection)", at: desk)
            #expect(refused.exitCode == 64)
            #expect(
                refused.errors.contains(" can be read only once and has no place for a ledger: give --ledger PATH.")
            )
            let outcome = try await bash(
                "pinglink import \(input) --ledger l --rate 2000 --json \(redirection)",
                at: desk
            )
            #expect(outcome.exitCode == 1, "\(outcome.errors)")
            let summary = try outcome.json(Summary.self)
            #expect(summary.linked == 5)
            #expect(summary.invalid == 1)
            #expect(try desk.folder.names == ["l", "l.rejects.csv", "pipe", "users.csv", "users.csv.gz"])
            if input.hasPrefix("/") { #expect(outcome.errors.contains("warning: \(input) can be read only once")) }
        }
    }

    @Test("a link to a file is a file")
    func link() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5))
            let outcome = try await bash("ln -s users.csv link.csv; pinglink import link.csv", at: desk)
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try desk.folder.names == ["link.csv", "link.csv.ledger", "users.csv"])
        }
    }

    @Test("what is redirected to standard input is not replaced by a result file")
    func inputAsOutput() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5))
            let outcome = try await bash("pinglink import - --ledger l --rejects users.csv < users.csv", at: desk)
            #expect(outcome.exitCode == 64)
            #expect(try desk.folder.names == ["users.csv"])
        }
    }

    @Test(
        "result files that cannot be written are named before anything is sent, with the flag that helps",
        arguments: [
            (["--rejects", "users.csv/r.csv"], "--rejects PATH"),
            (["--retry-file", "gone/r.csv"], "--retry-file PATH"),
            (["--rejects", "gone/r.csv", "--retry-file", "gone/t.csv"], "--rejects PATH and --retry-file PATH"),
        ]
    )
    func resultFiles(flags: [String], advice: String) async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5))
            let outcome = try await desk.start(["import", "users.csv"] + flags).outcome()
            #expect(outcome.exitCode == 73)
            #expect(outcome.errors.hasSuffix("or choose another place with \(advice).\n"), "\(outcome.errors)")
            #expect(try desk.folder.names == ["users.csv"])
            #expect(try await desk.simulator.counters().requests == 0)
        }
    }

    @Test("corrected rows under another name need the ledger that they belong to, and the summary has the command")
    func correctedRows() async throws {
        try await Desk.with { desk in
            try desk.folder.write("the users.csv", Rows.csv(1...5) + "carla,6\n")
            let first = try await desk.pinglink("import", "the users.csv", "--rate", "2000")
            #expect(first.exitCode == 1)
            #expect(
                first.output.hasSuffix("go on with: pinglink import 'the users.csv.rejects.csv' --rate 2000\n"),
                "\(first.output)"
            )
            let corrected = try desk.folder.text("the users.csv.rejects.csv").replacing("carla", with: Rows.user(6))
            try desk.folder.write("corrected.csv", corrected)
            let refused = try await desk.pinglink("import", "corrected.csv")
            #expect(refused.exitCode == 64)
            #expect(refused.errors.contains("Give --ledger 'the users.csv.ledger', so that"), "\(refused.errors)")
            #expect(!desk.folder.has("corrected.csv.ledger"))
            let outcome = try await bash("pinglink import corrected.csv --ledger 'the users.csv.ledger'", at: desk)
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try await desk.simulator.links().count == 6)
        }
    }

    @Test("the last line of a run that was stopped is the command to go on with; it works as it stands")
    func goingOn() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", "Login it's,externalId\n" + Rows.csv(1...5).dropFirst(Rows.header.count))
            let stopped = try await desk.pinglink(
                "import",
                "users.csv",
                "--ledger",
                "my ledger",
                "--map",
                "Login it's=userID",
                "--limit",
                "2"
            )
            #expect(stopped.exitCode == 3)
            let last = try #require(stopped.output.split(separator: "\n").last)
            #expect(last == #"go on with: pinglink import users.csv --map 'Login it'\''s=userID' --ledger 'my ledger'"#)
            let outcome = try await bash(String(last.dropFirst("go on with: ".count)), at: desk)
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try await desk.simulator.links().count == 5)
        }
    }

    @Test("SIGHUP drains and ends with 129")
    func hangup() async throws {
        try await Desk.with("--latency", "100") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...300))
            let run = try desk.start(["import", "users.csv", "--json", "--rate", "30"])
            try await desk.simulator.hasSeen(posts: 5)
            run.send(SIGHUP)
            let outcome = await run.outcome()
            #expect(outcome.exitCode == 129)
            #expect(try outcome.json(Summary.self).linked == (try await desk.simulator.links().count))
        }
    }

    @Test("SIGHUP that was ignored at the start does nothing")
    func nohup() async throws {
        try await Desk.with("--latency", "100") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...60))
            async let running = bash(
                "trap '' HUP; exec pinglink import users.csv --rate 30 --metrics-file m.prom",
                at: desk
            )
            try await desk.simulator.hasSeen(posts: 5)
            let who = try await Program.run(
                "pgrep",
                ["-f", "pinglink import users.csv --rate 30 --metrics"],
                folder: desk.folder.url
            )
            for process in who.output.split(separator: "\n") { if let id = Int32(process) { kill(id, SIGHUP) } }
            #expect(try await running.exitCode == 0)
            #expect(try await desk.simulator.links().count == 60)
        }
    }

    @Test("the start says when a run will stop, with date and zone, and warns of what nobody may have meant")
    func deadlines() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            let stop = /pinglink: Will stop at \d{4}-\d\d-\d\d \d\d:\d\d \+0000 \(UTC\) \(--max-duration\)\.\n/
            let soon = try await desk.pinglink("import", "users.csv", "--max-duration", "2h")
            #expect(soon.messages.wholeMatch(of: stop) != nil, "\(soon.messages)")
            let hour = Calendar.current.dateComponents(in: .gmt, from: Date(timeIntervalSinceNow: 18 * 3600)).hour ?? 0
            let far = try await desk.pinglink("import", "users.csv", "--until", "\(hour):00")
            #expect(far.messages.contains("warning: Will stop at "), "\(far.messages)")
            #expect(far.messages.contains(", more than 12 hours from now (--until)."))
            let nowhere = try await desk.pinglink(
                "import",
                "users.csv",
                "--max-duration",
                "2h",
                environment: ["TZ": "Europe/Nowhere"]
            )
            #expect(nowhere.messages.contains("warning: TZ=Europe/Nowhere names no time zone of this machine"))
            let timetable = try await desk.pinglink(
                "import",
                "users.csv",
                "--max-rate",
                "08:00,50 18:30,100",
                environment: ["TZ": "Europe/Nowhere"]
            )
            #expect(timetable.messages.contains("warning: TZ=Europe/Nowhere names no time zone of this machine"))
            let timeless = try await desk.pinglink("import", "users.csv", environment: ["TZ": "Europe/Nowhere"])
            #expect(!timeless.messages.contains("time zone"), "\(timeless.messages)")
        }
    }

    @Test("the soft limit of open files is raised to what is needed; a hard limit names the concurrency that works")
    func openFiles() async throws {
        try await Desk.with("--latency", "50") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...400))
            let soft = try await bash(
                "ulimit -Sn 64; pinglink import users.csv --concurrency 100 --rate 2000 --json",
                at: desk
            )
            #expect(soft.exitCode == 0, "\(soft.errors)")
            let hard = try await bash("ulimit -n 90; pinglink import users.csv --concurrency 100", at: desk)
            #expect(hard.exitCode == 64)
            let advice = try #require(hard.errors.firstMatch(of: /Give (--concurrency \d+), or raise the limit/)?.1)
            try FileManager.default.removeItem(at: desk.folder.file("users.csv.ledger"))
            let followed = try await bash("ulimit -n 90; pinglink import users.csv --rate 2000 \(advice)", at: desk)
            #expect(followed.exitCode == 0, "\(followed.errors)")
        }
    }

    @Test(
        "with few threads it goes on with fewer requests in flight, or says so; a signal ends it",
        .enabled(if: isRoot, "only root can be another user"),
        arguments: [1, 6, 12, 20]
    )
    func fewThreads(limit: Int) async throws {
        try await Desk.with("--latency", "20") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...200))
            let programs = desk.folder.file("programs")
            try FileManager.default.createDirectory(at: programs, withIntermediateDirectories: true)
            let copy = programs.appending(path: "pinglink").path
            try FileManager.default.copyItem(atPath: try Program.built("pinglink").path, toPath: copy)
            // A user whom nothing else belongs to.
            let user = 1_000_000 + Int(getpid()) * 32 + limit
            func run(_ rest: String) async throws -> Outcome {
                try await bash(
                    "chown -R \(user) .; exec setpriv --reuid \(user) --regid \(user) --clear-groups "
                        + "bash -c 'ulimit -u \(limit); exec \(copy) import users.csv \(rest)'",
                    at: desk
                )
            }
            let outcome = try await run("--rate 2000")
            guard limit >= 12 else {
                #expect(outcome.exitCode == 69)
                #expect(outcome.errors.contains("The system gives this process too few threads"), "\(outcome.errors)")
                #expect(!desk.folder.has("users.csv.ledger"))
                return
            }
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains(/warning: The system has threads for \d+ of 32 requests in flight only/))
            try FileManager.default.removeItem(at: desk.folder.file("users.csv.ledger"))
            async let stopped = run("--rate 5 --json")
            try await desk.simulator.hasSeen(posts: 205)
            let process = try #require(
                try await Program.run("pgrep", ["-u", "\(user)"], folder: desk.folder.url).output.split(separator: "\n")
                    .first
            )
            kill(try #require(Int32(process)), SIGTERM)
            #expect(try await stopped.exitCode == 143)
        }
    }

    @Test("a ledger that was copied without its log is told from one that was never written")
    func copiedLedger() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5))
            let killed = try desk.start(["import", "users.csv"], environment: ["PINGLINK_DIE_AT": "12"])
            #expect(await killed.outcome().exitCode == -SIGKILL)
            #expect(desk.folder.has("users.csv.ledger-wal"))
            try FileManager.default.copyItem(
                at: desk.folder.file("users.csv.ledger"),
                to: desk.folder.file("copy.ledger")
            )
            let status = try await desk.pinglink("status", "copy.ledger")
            #expect(status.exitCode == 65)
            #expect(
                status.errors.contains("copy.ledger, copy.ledger-wal and copy.ledger-shm belong together"),
                "\(status.errors)"
            )
        }
    }
}
