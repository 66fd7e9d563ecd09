import Glibc
import Machine
import Synchronization
import Testing

@Suite("A command of the user's, run by the shell")
struct ShellCommandTests {
    private struct Run {
        var ending: ShellCommand.Ending
        var passed: [String]
    }

    private func run(
        _ text: String,
        hiding hidden: [String] = [],
        limit: Duration = .seconds(60),
        most: Int = 1000,
        unless isUnwanted: () -> Bool = { false }
    ) -> Run {
        var passed: [String] = []
        let ending = ShellCommand(text, hidingVariables: hidden)
            .run(limit: limit, most: most, unless: isUnwanted) { passed.append($0) }
        return Run(ending: ending, passed: passed)
    }

    @Test(
        "tells how it ended and what it printed",
        arguments: [
            ("echo one; echo two", ShellCommand.Ending.exited(code: 0, output: Array("one\ntwo\n".utf8))),
            ("printf x; exit 3", .exited(code: 3, output: Array("x".utf8))),
            ("no-such-program 2>&-", .exited(code: 127, output: [])),
            ("kill -9 $$", .killed(signal: 9)),
            ("", .exited(code: 0, output: [])),
            ("cat; echo end", .exited(code: 0, output: Array("end\n".utf8))),
        ]
    )
    func endings(text: String, ending: ShellCommand.Ending) {
        #expect(run(text).ending == ending)
    }

    @Test("passes its standard error on, line by line, also an unfinished and an endless one")
    func errors() {
        #expect(run("echo one >&2; printf two >&2").passed == ["one", "two"])
        let long = run("head -c 5000 /dev/zero | tr '\\0' a >&2").passed
        #expect(long.map(\.count) == [4096, 904])
    }

    @Test("what it printed is there to the last byte, also with a full pipe")
    func fullPipe() {
        let ending = run("head -c 60000 /dev/zero | tr '\\0' a; sleep 0.2", most: 60_000).ending
        #expect(ending == .exited(code: 0, output: Array(repeating: UInt8(ascii: "a"), count: 60_000)))
    }

    @Test("is not waited for when only something in the background holds its output")
    func background() {
        let begun = ContinuousClock.now
        #expect(run("sleep 30 & echo token").ending == .exited(code: 0, output: Array("token\n".utf8)))
        #expect(begun.duration(to: .now) < .seconds(25))
    }

    @Test("ends when it is late, prints too much, or is not wanted any more, with all that it has started")
    func ended() throws {
        #expect(run("trap '' TERM; sleep 60 | cat", limit: .milliseconds(100)).ending == .late)
        #expect(run("yes", most: 1000).ending == .excessive)
        #expect(run("head -c 2000 /dev/zero", most: 1000).ending == .excessive)
        var looks = 0
        let stopped = run("sleep 600 & echo $! >&2; wait") {
            looks += 1
            return looks > 20
        }
        #expect(stopped.ending == .stopped)
        let child = try #require(stopped.passed.first)
        // One that has ended has no command line, also where nobody has asked for its end yet.
        while WholeFile.bytes(at: "/proc/\(child)/cmdline")?.isEmpty == false { usleep(1000) }
    }

    @Test("gets the environment but for what is hidden, no terminal, no input and no descriptor of ours")
    func surroundings() throws {
        setenv("PINGLINK_TEST_SHOWN", "shown", 1)
        setenv("PINGLINK_TEST_HIDDEN", "hidden", 1)
        setenv("PINGLINK_TEST_HIDDEN_NOT", "other", 1)
        let text = "echo $PINGLINK_TEST_SHOWN,$PINGLINK_TEST_HIDDEN,$PINGLINK_TEST_HIDDEN_NOT"
        let environment = run(text, hiding: ["PINGLINK_TEST_HIDDEN"])
        #expect(environment.ending == .exited(code: 0, output: Array("shown,,other\n".utf8)))
        #expect(run("exec 9< /dev/tty || exit 5").ending == .exited(code: 2, output: []))
        let descriptor = open("/dev/null", O_RDONLY)
        defer { close(descriptor) }
        // The shell's own look at the folder is the one more.
        let descriptors = run("echo /proc/$$/fd/*")
        let list = "/proc/PID/fd/0 /proc/PID/fd/1 /proc/PID/fd/2"
        guard case .exited(0, let output) = descriptors.ending else {
            Issue.record("\(descriptors.ending)")
            return
        }
        let found = String(decoding: output, as: UTF8.self).replacing(#/proc/\d+/#, with: "proc/PID")
        #expect(found.hasPrefix(list), "\(found)")
        #expect(!found.contains("/fd/\(descriptor)"), "\(found)")
    }

    @Test("gets the signals that we have blocked or ignored as they are usually")
    func signals() {
        var blocked = sigset_t()
        var before = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        #expect(run("kill -TERM $$; echo still here").ending == .killed(signal: SIGTERM))
    }
}
