/// Which attribute mappings the identity providers have at first, and again after a reset.
package enum InitialMappings: String, CaseIterable, Sendable {
    /// Only the core mapping that each identity provider is made with.
    case core
    /// The core mappings, and `email` of X, which PingOne's own page on X recommends.
    case `default`
}
