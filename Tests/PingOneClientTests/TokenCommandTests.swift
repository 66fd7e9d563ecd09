import FoundationEssentials
import HTTPTransport
import ImportTestKit
import Machine
import Pacing
import PingOneAPI
import Synchronization
import TestKit
import Testing

@testable import PingOneClient

@Suite("A command that prints tokens")
struct TokenCommandTests {
    private func source(
        _ text: String,
        timeout: Duration = .seconds(30),
        control: RunControl = RunControl(),
        passing pass: @escaping @Sendable (String) -> Void = { _ in }
    ) -> TokenSource {
        TokenFetch(
            credentials: .tokenCommand(TokenCommand(ShellCommand(text), passing: pass)),
            address: TokenAddress(server: "https://auth.example", environment: SampleIDs.environment),
            timeout: timeout,
            retryPolicy: RetryPolicy(maxAttempts: 3),
            maxWait: .seconds(300),
            wallClock: { Date() }
        ).source(time: JumpingTime(), control: control) { ScriptedTransport([]) }
    }

    @Test("is run once at the start and once for each renewal, and what is around the token is left out")
    func renewals() throws {
        let folder = try TemporaryFolder()
        let counter = folder.path("runs")
        let source = source("echo >> '\(counter)'; printf '\\n token-%s \\r\\n' $(wc -l < '\(counter)')")
        let first = try source.token()
        #expect(first.value == Secret("token-1"))
        #expect(try source.token() == first)
        let second = try source.renew(after: first)
        #expect(second.value == Secret("token-2"))
        #expect(try source.renew(after: first) == second, "whoever was refused with the first one gets the second one")
        #expect(try source.token() == second)
    }

    @Test(
        "says why there is no token, and never what was printed",
        arguments: [
            ("exit 3", "failed (exit code 3): run it by itself to see why"),
            ("echo s3cret; exit 1", "failed (exit code 1): run it by itself to see why"),
            ("no-such-program", "failed (exit code 127: a program in it was not found)"),
            ("kill -9 $$", "was killed by signal 9"),
            ("true", "printed nothing"),
            ("echo '  '", "printed nothing"),
            (
                "echo s3cret; echo s3cret",
                "printed something else than one token: one word on one line is wanted, no JSON"
            ),
            (
                "echo '{\"token\": \"s3cret\"}'",
                "printed something else than one token: one word on one line is wanted, no JSON"
            ),
            ("printf 's3\\033cret'", "printed something else than one token: one word on one line is wanted, no JSON"),
            ("printf 's3\\377cret'", "printed something that is no text"),
            ("yes", "prints more than a token has (16384 bytes)"),
        ]
    )
    func failures(text: String, what: String) {
        let failure = TokenFailure(.tokenUnusable(reason: "the command that prints it (access-token-command) \(what)"))
        #expect(throws: failure) { try source(text).token() }
    }

    @Test("may not take longer than a request")
    func late() {
        let reason =
            "the command that prints it (access-token-command) was ended after 1 s (--timeout): it may not wait for anybody"
        #expect(throws: TokenFailure(.tokenUnusable(reason: reason))) {
            try source("sleep 60", timeout: .seconds(1)).token()
        }
    }

    @Test("has to print another token than the one that was refused")
    func sameToken() throws {
        let source = source("echo token")
        let first = try source.token()
        let reason =
            "the command that prints it (access-token-command) printed the one again that PingOne has refused: it has to "
            + "print a fresh one"
        #expect(throws: TokenFailure(.tokenUnusable(reason: reason))) { try source.renew(after: first) }
    }

    @Test("ends with the run, and is not begun after it")
    func stopped() {
        let control = RunControl()
        let source = source("echo begun >&2; sleep 60", control: control) { _ in control.stop(.signal(15)) }
        #expect(throws: TokenFailure(.signal(15))) { try source.token() }
        #expect(throws: TokenFailure(.signal(15))) { try source.token() }
    }
}
