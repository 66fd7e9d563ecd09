import SignatureChecking

/// The worker application of the simulated tenant, and the assertions that it has used up.
struct WorkerApplication: Sendable {
    /// How it may show that it is itself.
    let methods: Set<AuthMethod>
    /// Nil: nothing that a private key has signed is taken.
    let key: PublicKey?
    /// Assertions that were taken, with when they expire, in seconds since 1970.
    private var used: [String: Double] = [:]

    init(methods: Set<AuthMethod>, key: PublicKey?) {
        self.methods = methods
        self.key = key
    }

    /// `audiences`: the names of whom an assertion may be for; `now`: seconds since 1970.
    ///
    /// - Throws: `invalid_client` where this is somebody else, or shows it in another way than it may.
    mutating func authenticate(
        _ proof: TokenRequest.Proof,
        audiences: Set<String>,
        now: Double
    ) throws(TokenRequest.Refusal) {
        guard methods.contains(proof.method) else { throw .unsupportedMethod }
        switch proof {
        case .basic(let id, let secret), .post(let id, let secret):
            guard id == KnownIDs.clientID, secret == KnownIDs.clientSecret else { throw .invalidClient }
        case .assertion(let client):
            guard isSigned(client) else { throw .invalidClient }
            if let mistake = client.mistake(clientID: KnownIDs.clientID, audiences: audiences, now: now) {
                throw .invalidAssertion(mistake)
            }
            try use(client, now: now)
        }
    }

    private func isSigned(_ client: AssertedClient) -> Bool {
        guard client.isSignedWithSecret else {
            return key?.accepts(client.signature, of: client.signed, algorithm: client.algorithm) ?? false
        }
        return MessageCode.isValid(
            client.signature,
            of: client.signed,
            secret: KnownIDs.clientSecret,
            algorithm: client.algorithm
        )
    }

    private mutating func use(_ client: AssertedClient, now: Double) throws(TokenRequest.Refusal) {
        used = used.filter { now < $0.value }
        guard let id = client.id else { return }
        guard used.updateValue(client.expiry ?? now, forKey: id) == nil else {
            throw .invalidAssertion("its jti has been used")
        }
    }
}

/// How a worker application may show that it is itself.
package enum AuthMethod: String, Sendable, Equatable, CaseIterable {
    case basic
    case post
    case clientSecretJWT = "client-secret-jwt"
    case privateKeyJWT = "private-key-jwt"
}
