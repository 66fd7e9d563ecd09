package import PingOneAPI

/// Where a token comes from.
package enum Credentials: Sendable {
    case client(ClientCredentials)
    /// A ready token.
    case token(Secret)
    /// A file that holds a ready token; somebody else keeps it fresh.
    case tokenFile(path: String)
    case tokenCommand(TokenCommand)
}
