package import Machine
import Pacing
import PingOneAPI

/// A command of the shell that prints a ready token, such as `pingcli pingone auth token`.
///
/// It is run once for each token. What it prints is shown to nobody.
package struct TokenCommand: Sendable {
    package var command: ShellCommand
    /// Gets what it writes to its standard error, line by line.
    package var pass: @Sendable (String) -> Void

    package init(_ command: ShellCommand, passing pass: @escaping @Sendable (String) -> Void) {
        self.command = command
        self.pass = pass
    }

    /// More than the longest token: PingOne takes request headers of 6 KB.
    private static let most = 16_384

    /// `refused`: the token in whose place another one is wanted.
    func token(
        after refused: AccessToken?,
        limit: Duration,
        control: RunControl
    ) throws(TokenFailure) -> Secret {
        if let stop = control.reason { throw TokenFailure(stop) }
        let ending = command.run(
            limit: limit,
            most: Self.most,
            unless: { control.signal.isRaised },
            passing: pass
        )
        switch ending {
        case .exited(0, let output):
            let token = try Self.token(in: output)
            guard token != refused?.value else {
                throw Self.failure("printed the one again that PingOne has refused: it has to print a fresh one")
            }
            return token
        case .exited(127, _): throw Self.failure("failed (exit code 127: a program in it was not found)")
        case .exited(let code, _): throw Self.failure("failed (exit code \(code)): run it by itself to see why")
        case .killed(let signal): throw Self.failure("was killed by signal \(signal)")
        case .late:
            throw Self.failure("was ended after \(limit.components.seconds) s (--timeout): it may not wait for anybody")
        case .excessive: throw Self.failure("prints more than a token has (\(Self.most) bytes)")
        case .stopped: throw TokenFailure(control.reason ?? .unreachable(reason: "the run has ended"))
        case .notStarted(let reason): throw Self.failure("could not be started: \(reason)")
        }
    }

    private static func token(in output: [UInt8]) throws(TokenFailure) -> Secret {
        guard let token = String(validating: output, as: UTF8.self)?.trimmingSpace() else {
            throw failure("printed something that is no text")
        }
        guard !token.isEmpty else { throw failure("printed nothing") }
        guard TokenVerdict.isToken(token) else {
            throw failure("printed something else than one token: one word on one line is wanted, no JSON")
        }
        return Secret(token)
    }

    private static func failure(_ what: String) -> TokenFailure {
        TokenFailure(.tokenUnusable(reason: "the command that prints it (access-token-command) \(what)"))
    }
}
