import Glibc
import Hummingbird
import Logging
import NIOCore
import NIOPosix

/// A PingOne on a socket of this machine, in this process.
///
/// All methods may be called from any thread.
package final class Simulator: Sendable {
    /// `http://host:port/v1`
    package let apiURL: String
    /// `http://host:port`
    package let authURL: String
    /// The port it listens on; never 0.
    package let port: Int
    private let state: SimulationState
    private let server: Task<Void, Never>

    private init(authURL: String, port: Int, state: SimulationState, server: Task<Void, Never>) {
        self.authURL = authURL
        self.apiURL = "\(authURL)/v1"
        self.port = port
        self.state = state
        self.server = server
    }

    /// Starts a simulator and returns when it accepts connections.
    ///
    /// - Throws: ``SimulatorError``; ``SimulatorSettings/Mistake`` if a setting is out of its range.
    package static func start(_ configuration: SimulatorConfiguration = .init()) async throws -> Simulator {
        try configuration.settings.validate()
        let state = SimulationState(Simulation(configuration, apiURL: "", at: .now))
        // One loop for all of this simulator, and the same few threads for all simulators of a process.
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let (ports, port) = AsyncThrowingStream<Int, any Error>.makeStream()
        let application = Application(
            responder: SimulatorResponder(state: state),
            server: .http1(configuration: .init(additionalChannelHandlers: [ClosingWithClient()])),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                backlog: 1024
            ),
            onServerRunning: { channel in
                port.yield(channel.localAddress?.port ?? configuration.port)
                port.finish()
            },
            eventLoopGroupProvider: .shared(loop),
            logger: Logger(label: "pingone-simulator") { _ in SwiftLogNoOpLogHandler() }
        )
        let server = Task(executorPreference: EventLoopExecutor(loop)) {
            do {
                try await application.run()
                port.finish()
            } catch {
                port.finish(throwing: error)
            }
        }
        do {
            for try await port in ports {
                let authURL = "http://\(urlHost(configuration.host)):\(port)"
                let simulator = Simulator(authURL: authURL, port: port, state: state, server: server)
                state.withLock { $0.tenant.apiURL = simulator.apiURL }
                return simulator
            }
            throw CancellationError()
        } catch {
            server.cancel()
            await server.value
            throw failure(for: error, configuration)
        }
    }

    private static func failure(for error: any Error, _ configuration: SimulatorConfiguration) -> any Error {
        let reason =
            switch error {
            case let error as IOError: reason(for: error)
            case is SocketAddressError.UnknownHost: "no such host is known"
            default: nil as String?
            }
        guard let reason else { return error }
        return SimulatorError.cannotListen(host: configuration.host, port: configuration.port, reason: reason)
    }

    private static func reason(for error: IOError) -> String {
        switch error.errnoCode {
        case EADDRINUSE: "another program has it"
        case EADDRNOTAVAIL: "this machine has no such address"
        case EACCES: "permission denied"
        default: String(describing: error)
        }
    }

    /// How a client on this machine names the host: an address that stands for all of the machine's is no destination.
    private static func urlHost(_ host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "[::1]"
        default: host.contains(":") ? "[\(host)]" : host
        }
    }

    /// Closes all connections, also those that wait for an answer, and gives the port back.
    package func stop() async {
        server.cancel()
        await server.value
    }
}

// MARK: - Looking in

extension Simulator {
    package var counters: Counters { state.withLock { $0.counters } }

    /// All links, in the order in which they were made.
    package var links: [LinkRecord] { state.withLock { $0.tenant.directory.allLinks.map { LinkRecord($0) } } }

    /// All API requests, in the order in which they were decided; empty if no journal is kept.
    package var journal: [JournalEntry] { state.withLock { $0.journal } }

    package var settings: SimulatorSettings { state.withLock { $0.settings } }

    /// Changes settings from the next request on.
    ///
    /// - Throws: if a setting is out of its range; then nothing changes.
    package func change(to settings: SimulatorSettings) throws(SimulatorSettings.Mistake) {
        try settings.validate()
        state.withLock { $0.change(to: settings, at: .now) }
    }

    /// Makes all tokens worthless at once, as if they had expired.
    package func revokeTokens() {
        state.withLock { $0.tenant.revokeTokens() }
    }

    /// Removes a link behind the client's back.
    ///
    /// - Returns: false if there is no such link.
    @discardableResult
    package func removeLink(_ linkedAccountID: String) -> Bool {
        guard let id = ResourceID(linkedAccountID) else { return false }
        return state.withLock { $0.tenant.removeLink(id, at: .now) }
    }

    /// Makes a link behind the client's back, as somebody else would.
    ///
    /// - Parameters:
    ///   - userID: a user that exists, in whatever case.
    ///   - externalID: not empty, and not linked at this identity provider yet.
    ///   - identityProviderID: nil: X.
    /// - Returns: the link.
    /// - Throws: if the user, the identity provider or the external id is not fit for it; then nothing changes.
    @discardableResult
    package func addLink(
        userID: String,
        externalID: String,
        identityProviderID: String? = nil
    ) throws(ForeignLinkRefusal) -> LinkRecord {
        try state.withLock { simulation in
            Result { () throws(ForeignLinkRefusal) in
                try simulation.tenant.addForeignLink(
                    userID: userID,
                    identityProviderID: identityProviderID,
                    externalID: externalID,
                    at: .now
                )
            }
        }.get()
    }

    /// Forgets links, changed attributes and mappings, counters and journal; settings and tokens stay.
    package func reset() {
        state.withLock { $0.reset() }
    }
}

/// Why a simulator could not start.
package enum SimulatorError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The address cannot be listened on: taken, not of this machine, or not permitted.
    case cannotListen(host: String, port: Int, reason: String)

    package var description: String {
        switch self {
        case .cannotListen(let host, let port, let reason):
            """
            Cannot listen on \(host), port \(port): \(reason).
            Choose another --host or --port; port 0 takes any that is free.
            """
        }
    }
}

/// Runs a server's tasks on the event loop that reads and writes its sockets.
///
/// A request then never changes threads, which on few cores is a good part of its cost, and a test that blocks the
/// threads of its own tasks does not block the simulator.
private final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
