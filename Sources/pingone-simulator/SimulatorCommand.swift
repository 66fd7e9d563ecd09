import ArgumentParser
import CommandHelp
import Dispatch
import Glibc
import Machine
import PingOneSimulator
import Version

/// The command line of the simulator: options in, a running server out, until a signal ends it.
@main
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pingone-simulator",
        abstract: "A local PingOne for demonstrations, rehearsals and tests.",
        discussion: """
            When it is ready, it prints six lines "export PINGONE_...=..." on
            standard output, which make pinglink speak with it, and goes on until it is
            interrupted.

            $PINGONE_AUTH_URL/as is a custom domain of that environment.

            FAULTS:
            --faults takes a list such as apply-then-reset=0.05,stall=0.01; each share
            is from 0 to 1, together at most 1:
            \(Fault.allCases.map { "  \($0.rawValue): \($0.explanation)" }.joined(separator: "\n"))
            Faults meet POST and GET of linked accounts; only=POST+PUT+DELETE (or
            --fault-methods) changes the methods, on=all meets all resources.
            POST*0007=500+503 is for each user whose id ends in 0007: the first POST to
            the user's links meets 500, the second one 503.

            WHO EXISTS:
            The users of --users, read with the delimiters, encodings and --map of
            pinglink import; the file's columns username, email and externalId, if
            there are any, are what GET .../users?filter=... finds them by. Without
            --users every UUID is a user, called user-UUID@example.com. There is one
            identity provider each of the types TWITTER, OPENID_CONNECT, SAML, GOOGLE.

            LOOKING IN:
            GET /_simulator shows counters and links, GET /_simulator/counters the
            counters alone, GET /_simulator/journal all API requests; POST
            /_simulator/settings changes limits, delays and faults while it runs; POST
            and DELETE /_simulator/links make and remove links behind the client's
            back; POST /_simulator/reset brings links, users and attribute mappings back
            to the start. This needs no token: whoever reaches the port can read and
            change it.

            EXAMPLES:
              mkfifo ready
              pingone-simulator --users users.csv --rate-limit 100 > ready &
              eval "$(head -n 6 ready)"
              pinglink import users.csv --ledger rehearsal.ledger
              curl "$PINGONE_AUTH_URL/_simulator/counters"
              kill %1

            FILES:
              --users FILE.csv  read at the start; nothing is ever written

            EXIT CODES:
              0   ended by SIGINT or SIGTERM
              64  wrong usage
              66  the file of users or the client's key cannot be read
              69  the address cannot be listened on
            """,
        version: versionText
    )

    @OptionGroup(title: "Server")
    var server: ServerOptions

    @OptionGroup(title: "Limits and delays")
    var limits: LimitOptions

    @OptionGroup(title: "Faults")
    var faults: FaultOptions

    /// The flags that `-h` shows.
    private static let oftenUsed: Set = [
        "port", "users", "map", "rate-limit", "limiter", "retry-after", "latency", "jitter", "faults", "list-lag",
    ]

    static func main() async {
        StandardDescriptors.openMissing()
        // Each client has a connection; as many as the system lets it.
        OpenFiles.raiseLimit(to: .max)
        if let help = ShortHelp(of: Self.self, Array(CommandLine.arguments.dropFirst()), often: oftenUsed) {
            return print(help.text, terminator: "")
        }
        await main(nil)
    }

    func validate() throws {
        _ = try settings()
    }

    func run() async throws {
        // Whoever reads the six lines may be gone when more is written.
        signal(SIGPIPE, SIG_IGN)
        let (signals, ending) = AsyncStream<Void>.makeStream()
        let sources = Self.watchSignals(ending)
        var configuration = try server.makeConfiguration()
        configuration.settings = try settings()
        let simulator: Simulator
        do {
            simulator = try await Simulator.start(configuration)
        } catch let error as SimulatorError {
            StandardStream.error.write("pingone-simulator: \(error)\n")
            throw ExitCode(69)
        }
        StandardStream.error.write(introduction(of: simulator, configuration))
        StandardStream.output.write(Self.exports(of: simulator))
        for await _ in signals { break }
        await simulator.stop()
        for source in sources { source.cancel() }
    }

    private func settings() throws -> SimulatorSettings {
        var settings = SimulatorSettings()
        limits.apply(to: &settings)
        try faults.apply(to: &settings)
        do { try settings.validate() } catch { throw ValidationError(error.description) }
        return settings
    }

    /// The variables that pinglink reads, one `export NAME=value` a line; no value needs quotes.
    private static func exports(of simulator: Simulator) -> String {
        """
        export PINGONE_API_URL=\(simulator.apiURL)
        export PINGONE_AUTH_URL=\(simulator.authURL)
        export PINGONE_ENVIRONMENT_ID=\(KnownIDs.environment)
        export PINGONE_IDENTITY_PROVIDER_ID=\(KnownIDs.identityProvider)
        export PINGONE_CLIENT_ID=\(KnownIDs.clientID)
        export PINGONE_CLIENT_SECRET=\(KnownIDs.clientSecret)

        """
    }

    private func introduction(of simulator: Simulator, _ configuration: SimulatorConfiguration) -> String {
        var lines = [
            "pingone-simulator: a simulated PingOne is ready at \(simulator.apiURL).",
            "Give the export lines to your shell, then: pinglink import FILE.csv",
            "What has happened so far: curl \(simulator.authURL)/_simulator",
        ]
        if let users = configuration.users {
            lines.append(
                "Users: \(users.count) from the file; \(Self.counted(users.skippedRows, "row")) without a UUID skipped, "
                    + "\(Self.counted(users.repeatedUsernames, "user name")) not given because somebody has "
                    + (users.repeatedUsernames == 1 ? "it." : "them.")
            )
        } else {
            lines.append("Users: every UUID.")
        }
        lines.append("Ctrl-C ends it, in the background kill \(getpid()); nothing is kept.")
        return lines.joined(separator: "\n") + "\n"
    }

    /// `1 row`, `2 rows`.
    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// Tells `ending` of SIGINT and SIGTERM instead of their usual effect, until the sources are cancelled.
    private static func watchSignals(_ ending: AsyncStream<Void>.Continuation) -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { ending.yield() }
            source.resume()
            return source
        }
    }
}
