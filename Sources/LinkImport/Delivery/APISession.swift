package import FoundationEssentials
package import HTTPTransport
import Ledger
import Locking
package import Pacing
package import PingOneAPI
import Synchronization

/// What all workers of a run share on their way to PingOne: calls, tokens, pace, retry rules. Any thread may use it.
package final class APISession: Sendable {
    package let calls: PingOneCalls
    package let pacer: Pacer
    package let control: RunControl
    let retryPolicy: RetryPolicy
    /// The longest Retry-After that is waited for.
    let maxWait: Duration
    package let time: any TimeSource
    let wallClock: @Sendable () -> Date
    private let tokens: TokenSource
    private let makeTransport: @Sendable () throws -> any Transport
    private let counts = HotMutex((requests: 0, throttled: 0))
    private let made = Atomic(false)
    /// Who says whether a request about a row may leave; nil before the run has begun, and where nobody shares the ledger.
    private let guardian = HotMutex<(any Ledger)?>(nil)
    /// Held until a failed renewal has ended the run: who waited for that token must not ask for it once more.
    private let renewal = Mutex(())

    /// `makeTransport` is called once on each thread that sends.
    package init(
        calls: PingOneCalls,
        tokens: TokenSource,
        makeTransport: @escaping @Sendable () throws -> any Transport,
        pacer: Pacer,
        retryPolicy: RetryPolicy,
        maxWait: Duration,
        control: RunControl,
        time: any TimeSource,
        wallClock: @escaping @Sendable () -> Date
    ) {
        self.calls = calls
        self.tokens = tokens
        self.makeTransport = makeTransport
        self.pacer = pacer
        self.retryPolicy = retryPolicy
        self.maxWait = maxWait
        self.control = control
        self.time = time
        self.wallClock = wallClock
    }

    /// Where rows are linked, for the ledger.
    var place: RunPlace { RunPlace(environment: calls.environment, host: calls.endpoints.apiHost) }

    /// All HTTP requests to the API so far, and the 429 answers among them.
    package var requestCounts: (requests: Int, throttled: Int) { counts.withLock { $0 } }

    /// Something to send with on the calling thread; without a transport the run ends.
    func makeCaller() -> APICaller {
        do {
            return APICaller(session: self, transport: try makeTransport())
        } catch {
            control.stop(.unreachable(reason: String(describing: error)))
            return APICaller(session: self, transport: nil)
        }
    }

    /// From now on, requests about a row leave only while it is this process's in the ledger.
    func obey(_ ledger: any Ledger) {
        guard ledger.isShared else { return }
        guardian.withLock { $0 = ledger }
    }

    func permission(for ticket: Ticket) -> Permission {
        guardian.withLock { $0 }?.permission(for: ticket) ?? .granted
    }

    func countRequest() {
        counts.withLock { $0.requests += 1 }
    }

    func countThrottled() {
        counts.withLock { $0.throttled += 1 }
    }

    /// Whether PingOne has made anything in this run: then the addresses are right.
    var hasMade: Bool { made.load(ordering: .relaxed) }

    func noteMade() {
        made.store(true, ordering: .relaxed)
    }

    /// Tells the pace how a request went; it may end the run.
    func note(_ answer: PacedAnswer, sentAt: ContinuousClock.Instant) {
        if let reason = pacer.record(answer, sentAt: sentAt) { stop(reason) }
    }

    /// Ends the run for a pause that is too long to wait for.
    func stop(_ reason: PacingStop) {
        control.stop(.pause(reason, now: wallClock()))
    }

    /// The token to send now; nil when there is none, which ends the run.
    func token() -> AccessToken? {
        stoppingTheRun { try tokens.token() }
    }

    /// Sees to it that the refused token is not sent again; false when that ends the run.
    func renewToken(after refused: AccessToken) -> Bool {
        renewal.withLock { _ in stoppingTheRun { try tokens.renew(after: refused) } } != nil
    }

    private func stoppingTheRun(_ work: () throws -> AccessToken) -> AccessToken? {
        do {
            return try work()
        } catch let failure as TokenFailure {
            control.stop(failure.stop)
        } catch {
            control.stop(.unreachable(reason: String(describing: error)))
        }
        return nil
    }

    /// Waits before something is tried again: the jittered backoff, or longer if the server asked for it.
    ///
    /// `failures`: how often it failed so far, from 1.
    /// - Returns: false when the run ended meanwhile.
    func waitToRetry(failures: Int, retryAfter: Duration?) -> Bool {
        var random = SystemRandomNumberGenerator()
        let backoff = retryPolicy.delay(afterFailures: failures, using: &random)
        let delay = max(backoff, min(retryAfter ?? .zero, maxWait))
        time.wait(until: time.now + delay, unless: control.signal)
        return !control.signal.isRaised
    }
}

/// Why there is no token, as what it means for the run.
package struct TokenFailure: Error, Equatable {
    package var stop: RunStop

    package init(_ stop: RunStop) {
        self.stop = stop
    }
}
