package import FoundationEssentials
package import HTTPTransport
import Locking
package import Pacing
package import PingOneAPI
import Synchronization

/// What all workers of a run share on their way to PingOne: calls, tokens, pace, retry rules. Any thread may use it.
package final class APISession: Sendable {
    package let calls: PingOneCalls
    package let pacer: Pacer
    package let control: RunControl
    package let retryPolicy: RetryPolicy
    /// The longest Retry-After that is waited for.
    let maxWait: Duration
    package let time: any TimeSource
    package let wallClock: @Sendable () -> Date
    private let tokens: TokenSource
    private let makeTransport: @Sendable () throws -> any Transport
    private let counts = HotMutex((requests: 0, throttled: 0))
    private let made = Atomic(false)
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

    /// All HTTP requests to the API that are over so far, and the 429 answers among them.
    package var requestCounts: (requests: Int, throttled: Int) { counts.withLock { $0 } }

    /// Something to send with on the calling thread; without a transport the run ends.
    package func makeCaller() -> APICaller {
        do {
            return APICaller(session: self, transport: try makeTransport())
        } catch {
            control.stop(.unreachable(reason: String(describing: error)))
            return APICaller(session: self, transport: nil)
        }
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
    package func waitToRetry(failures: Int, retryAfter: Duration?) -> Bool {
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

extension RunStop {
    package static func unreachable(reason: String) -> RunStop {
        RunStop(
            "unreachable",
            exitCode: 69,
            "PingOne cannot be reached: \(reason). Run again when it can.",
            doubting: [.address]
        )
    }

    /// PingOne asks for more patience than `--max-wait` allows.
    package static func pause(_ stop: PacingStop, now: Date) -> RunStop {
        let (what, wait): (String, Duration) =
            switch stop {
            case .pauseTooLong(let wait): ("asks for a pause of \(wait.components.seconds) s", wait)
            case .throttledTooLong(let lasted, let wait):
                ("has answered nothing but 429, or 503 with Retry-After, for \(lasted.components.seconds) s", wait)
            }
        let again = now.addingTimeInterval(wait / .seconds(1)).formatted(.iso8601)
        return RunStop(
            "max-wait",
            exitCode: 69,
            "PingOne \(what), longer than --max-wait. It makes sense to run again from \(again)."
        )
    }
}
