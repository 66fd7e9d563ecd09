import HTTPTransport
package import PingOneAPI

/// The authorization server's definite no to a request for a token.
package struct TokenRefusal: Sendable, Equatable {
    package var status: Int
    /// The OAuth code, for instance `invalid_client`.
    package var error: String?
    /// Whether the application is set up for another way to show that it is itself.
    package var wantsOtherMethod: Bool
    /// The one that was used.
    package var method: ClientCredentials.Method
    /// By how many seconds this machine's clock is ahead of the server's; below zero where it is behind. Zero where that
    /// is not known.
    package var clockLead: Int64

    package init(
        status: Int,
        error: String?,
        wantsOtherMethod: Bool = false,
        method: ClientCredentials.Method = .basic,
        clockLead: Int64 = 0
    ) {
        self.status = status
        self.error = error
        self.wantsOtherMethod = wantsOtherMethod
        self.method = method
        self.clockLead = clockLead
    }

    /// By how much clocks may differ without a word, in seconds.
    private static let tolerance: Int64 = 30

    /// What happened and what to do next.
    package var message: String {
        let what =
            "The authorization server refuses the worker application (HTTP \(status)\(error.map { ", \($0)" } ?? "")). "
        if wantsOtherMethod {
            return what
                + "It takes another --auth-method than \(method.rawValue): see the application's token endpoint "
                + "authentication method in PingOne."
        }
        if error == "unsupported_grant_type" || error == "unauthorized_client" {
            return what + "Give the application the grant type Client Credentials in PingOne."
        }
        return what + check + (clock.map { " \($0)" } ?? "")
    }

    private var check: String {
        switch method {
        case .basic, .post, .clientSecretJWT: "Check client id, secret, --auth-method and --auth-environment."
        case .privateKeyJWT:
            "Check client id, --auth-method and --auth-environment, and that PingOne has the public key of "
                + "--private-key-file, under this --key-id."
        }
    }

    /// An assertion holds for some minutes, by the server's clock.
    private var clock: String? {
        let isSigned = method == .clientSecretJWT || method == .privateKeyJWT
        guard isSigned, abs(clockLead) >= Self.tolerance else { return nil }
        let (place, look) = clockLead < 0 ? ("behind", "expired") : ("ahead of", "not valid yet")
        return "This machine's clock is \(Self.text(abs(clockLead))) \(place) the server's, which makes what is signed "
            + "look \(look): set it (timedatectl), then run again."
    }

    private static func text(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        default: "\(seconds / 3600) h"
        }
    }
}

extension TokenRefusal {
    /// `response`: the one that says no.
    init(_ response: HTTPResponse, error: String?, wantsOtherMethod: Bool, method: ClientCredentials.Method) {
        let server = response.header("date").flatMap { HTTPDate($0) }
        self.init(
            status: response.status,
            error: error,
            wantsOtherMethod: wantsOtherMethod,
            method: method,
            clockLead: server.map { response.receivedAt.secondsSince1970 - $0.secondsSince1970 } ?? 0
        )
    }
}

extension RunStop {
    /// The authorization server refuses the worker application.
    package static func credentialsRefused(_ refusal: TokenRefusal) -> RunStop {
        RunStop("credentials", exitCode: 77, refusal.message, doubting: [.address])
    }
}
