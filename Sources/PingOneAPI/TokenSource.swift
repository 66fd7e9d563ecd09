import Locking
package import Pacing
import Synchronization

/// A bearer token and its place in the line of tokens that this run has had.
package struct AccessToken: Sendable, Equatable {
    package var value: Secret
    /// Counts up with every renewal: who was refused with an older one need not renew again.
    package var generation: Int

    package init(value: Secret, generation: Int) {
        self.value = value
        self.generation = generation
    }
}

/// The run's tokens: fetched once, renewed before they expire, renewed once more when PingOne refuses one.
///
/// Any thread may ask. One renewal is under way at a time: while the old token still holds, the others go on with it;
/// once it does not, they wait for the new one.
package final class TokenSource: Sendable {
    private struct State {
        var token: AccessToken?
        /// From here on a new token is fetched, while the old one still holds.
        var renewsAt: ContinuousClock.Instant?
        var expiresAt: ContinuousClock.Instant?
        var isRenewing = false

        func holds(at now: ContinuousClock.Instant) -> Bool {
            expiresAt.map { now < $0 } ?? true
        }

        mutating func nextStep(at now: ContinuousClock.Instant) -> Step {
            guard let token, holds(at: now) else { return .fetch(after: token) }
            guard !isRenewing, let renewsAt, now >= renewsAt else { return .use(token) }
            isRenewing = true
            return .renewEarly(token)
        }
    }

    private enum Step {
        case use(AccessToken)
        case renewEarly(AccessToken)
        case fetch(after: AccessToken?)
    }

    private let fetch: @Sendable (AccessToken?) throws -> FetchedToken
    private let time: any TimeSource
    private let state = HotMutex(State())
    private let renewal = Mutex(())

    /// `fetch` gets a token that was not handed out before, and is told which was last; it blocks, and throws what stops
    /// the run.
    package init(time: any TimeSource, fetching fetch: @escaping @Sendable (AccessToken?) throws -> FetchedToken) {
        self.fetch = fetch
        self.time = time
    }

    /// The token to send with a request that leaves now.
    ///
    /// - Throws: what `fetch` throws, when there is no token that still holds.
    package func token() throws -> AccessToken {
        let now = time.now
        switch state.withLock({ $0.nextStep(at: now) }) {
        case .use(let token): return token
        case .renewEarly(let token): return try renewEarly(token)
        case .fetch(let stale): return try renew(after: stale)
        }
    }

    /// Where the renewal fails and the old token still holds, it was only early: the next try comes soon enough.
    private func renewEarly(_ token: AccessToken) throws -> AccessToken {
        defer { state.withLock { $0.isRenewing = false } }
        do {
            return try renew(after: token)
        } catch {
            let now = time.now
            return try state.withLock { state in
                guard let current = state.token, state.holds(at: now) else { throw error }
                if current == token { state.renewsAt = now + .seconds(10) }
                return current
            }
        }
    }

    /// A token newer than the one that was refused or has expired.
    ///
    /// - Throws: what `fetch` throws.
    package func renew(after stale: AccessToken?) throws -> AccessToken {
        try renewal.withLock { _ in
            let known = state.withLock { $0.token }
            if let known, known.generation > (stale?.generation ?? 0) { return known }
            let askedAt = time.now
            let fetched = try fetch(known)
            let begin = fetched.requestedAt ?? askedAt
            let token = AccessToken(value: fetched.value, generation: (known?.generation ?? 0) + 1)
            state.withLock { state in
                state.token = token
                state.expiresAt = fetched.lifetime.map { begin + $0 }
                state.renewsAt = fetched.lifetime.map { begin + $0 - min($0 / 5, .seconds(120)) }
            }
            return token
        }
    }
}

/// A token as it was handed out.
package struct FetchedToken: Sendable, Equatable {
    package var value: Secret
    /// How long it holds from then on; `nil` where nobody said so.
    package var lifetime: Duration?
    /// When the request for it left: it may have begun to hold at once. `nil`: no earlier than somebody asked for it.
    package var requestedAt: ContinuousClock.Instant?

    package init(value: Secret, lifetime: Duration?, requestedAt: ContinuousClock.Instant? = nil) {
        self.value = value
        self.lifetime = lifetime
        self.requestedAt = requestedAt
    }
}
