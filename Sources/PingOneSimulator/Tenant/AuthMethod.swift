/// How a worker application may show that it is itself.
package enum AuthMethod: String, Sendable, Equatable, CaseIterable {
    case basic
    case post
    case clientSecretJWT = "client-secret-jwt"
    case privateKeyJWT = "private-key-jwt"
}
