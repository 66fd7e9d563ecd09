/// The access tokens that were issued and have not expired.
struct TokenStore: Sendable {
    /// How long a token is good for.
    let lifetime: Duration
    private var expiries: [String: ContinuousClock.Instant] = [:]
    private var nextSweep: ContinuousClock.Instant?

    init(lifetime: Duration) {
        self.lifetime = lifetime
    }

    /// A new token of 43 characters, as many as 32 bytes in base64url have.
    mutating func issue(at now: ContinuousClock.Instant, using random: inout some RandomNumberGenerator) -> String {
        sweep(at: now)
        let token = String((0..<43).map { _ in Self.alphabet[Int.random(in: 0..<64, using: &random)] })
        expiries[token] = now + lifetime
        return token
    }

    /// Whether the token was issued here and is still good.
    func accepts(_ token: some StringProtocol, at now: ContinuousClock.Instant) -> Bool {
        expiries[String(token)].map { now < $0 } ?? false
    }

    /// Makes all tokens worthless at once.
    mutating func revokeAll() {
        expiries = [:]
    }

    /// Forgets expired tokens, at most once in a lifetime, so that issuing stays cheap.
    private mutating func sweep(at now: ContinuousClock.Instant) {
        if let nextSweep, now < nextSweep { return }
        expiries = expiries.filter { now < $0.value }
        nextSweep = now + lifetime
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
}
