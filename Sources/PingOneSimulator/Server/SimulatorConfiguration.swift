package import SignatureChecking

/// How a simulator is set up.
package struct SimulatorConfiguration: Sendable {
    /// The address to listen on. Anybody who can reach it can read the journal, with all that clients sent.
    package var host = "127.0.0.1"
    /// 0: any free port.
    package var port = 0
    /// All chance comes from it: ids, tokens, faults, jitter.
    package var seed: UInt64 = 1
    /// How long an access token is good for; whole seconds.
    package var tokenLifetime: Duration = .seconds(3600)
    /// How the worker application may show that it is itself.
    package var authMethods = Set(AuthMethod.allCases)
    /// The public key of what the worker application signs; nil: it has none.
    package var clientKey: PublicKey?
    /// Who exists; nil makes a user of every UUID.
    package var users: UserList?
    /// Which attribute mappings the identity providers have at first.
    package var mappings = InitialMappings.default
    /// Whether each request is kept with its body, for `GET /_simulator/journal`. Takes about 1 KB a request and is
    /// never shortened: switch it off for load.
    package var keepsJournal = true
    package var settings = SimulatorSettings()

    package init() {}
}
