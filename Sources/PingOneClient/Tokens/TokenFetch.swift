package import FoundationEssentials
package import HTTPTransport
import Machine
package import Pacing
package import PingOneAPI

/// Gets the run's tokens, from the authorization server or from where somebody else puts them.
package struct TokenFetch: Sendable {
    package var credentials: Credentials
    package var address: TokenAddress
    /// Of one request, and of a command that prints a token.
    package var timeout: Duration
    package var retryPolicy: RetryPolicy
    package var maxWait: Duration
    package var wallClock: @Sendable () -> Date

    package init(
        credentials: Credentials,
        address: TokenAddress,
        timeout: Duration,
        retryPolicy: RetryPolicy,
        maxWait: Duration,
        wallClock: @escaping @Sendable () -> Date
    ) {
        self.credentials = credentials
        self.address = address
        self.timeout = timeout
        self.retryPolicy = retryPolicy
        self.maxWait = maxWait
        self.wallClock = wallClock
    }

    /// `makeTransport`: called for each token; they are few.
    package func source(
        time: any TimeSource,
        control: RunControl,
        makeTransport: @escaping @Sendable () throws -> any Transport
    ) -> TokenSource {
        TokenSource(time: time) { last in
            try fetch(after: last, time: time, control: control, makeTransport: makeTransport)
        }
    }

    private func fetch(
        after last: AccessToken?,
        time: any TimeSource,
        control: RunControl,
        makeTransport: () throws -> any Transport
    ) throws -> FetchedToken {
        switch credentials {
        case .token(let token): return FetchedToken(value: token, lifetime: nil)
        case .tokenFile(let path):
            let token = try last.map { try Self.read(path, after: $0, time: time, control: control) } ?? Self.read(path)
            return FetchedToken(value: token, lifetime: nil)
        case .tokenCommand(let command):
            let token = try command.token(after: last, limit: timeout, control: control)
            return FetchedToken(value: token, lifetime: nil)
        case .client(let client):
            let transport = try makeTransport()
            return try fetch(for: client, from: transport, time: time, control: control)
        }
    }

    /// How long a file is looked at for a token in the place of one that was refused, and how often.
    private static let patience = Duration.seconds(30)
    private static let interval = Duration.milliseconds(500)

    /// Waits for another token than the refused one: whoever keeps the file fresh may be about to write it.
    private static func read(
        _ path: String,
        after refused: AccessToken,
        time: any TimeSource,
        control: RunControl
    ) throws(TokenFailure) -> Secret {
        let end = time.now + patience
        while true {
            let result = Result { () throws(TokenFailure) in try read(path) }
            if case .success(let token) = result, token != refused.value { return token }
            if let stop = control.reason { throw TokenFailure(stop) }
            guard time.now < end else {
                _ = try result.get()
                throw TokenFailure(
                    .tokenUnusable(
                        reason:
                            "\(path) still holds the one that PingOne has refused (access-token-file); put a fresh "
                            + "one there, then run again"
                    )
                )
            }
            time.wait(until: time.now + interval, unless: control.signal)
        }
    }

    private static func read(_ path: String) throws(TokenFailure) -> Secret {
        guard let bytes = WholeFile.bytes(at: path), let text = String(validating: bytes, as: UTF8.self)
        else {
            throw TokenFailure(
                .tokenUnusable(
                    // Its name may be the token itself.
                    reason: "the file that is to hold it (access-token-file) cannot be read; check the path and its "
                        + "permissions"
                )
            )
        }
        let token = text.trimmingSpace()
        guard TokenVerdict.isToken(token) else {
            throw TokenFailure(
                .tokenUnusable(
                    reason:
                        "\(path) does not hold one token on one line (access-token-file); write the token alone there"
                )
            )
        }
        return Secret(token)
    }

    private func fetch(
        for client: ClientCredentials,
        from transport: any Transport,
        time: any TimeSource,
        control: RunControl
    ) throws(TokenFailure) -> FetchedToken {
        var failures = 0
        var random = SystemRandomNumberGenerator()
        while true {
            // Nothing is sent any more. Whoever has waited while another worker was refused is refused as well.
            if let stop = control.reason { throw TokenFailure(stop) }
            var stop: RunStop
            var retryAfter: Duration?
            let sentAt = time.now
            let request = client.tokenRequest(
                url: address.url,
                timeout: timeout,
                now: Int64(wallClock().timeIntervalSince1970),
                id: UUID().uuidString.lowercased()
            )
            switch Self.answer(to: request, from: transport) {
            case .failure(.certificate(let reason)): throw TokenFailure(.certificate(reason: reason))
            case .failure(let error): stop = .unreachable(reason: error.reason)
            case .success(let response):
                switch TokenVerdict(response) {
                case .token(var token):
                    token.requestedAt = sentAt
                    return token
                case .refused(_, let error, let wantsOtherMethod):
                    let method = client.proof.method
                    throw TokenFailure(
                        .credentialsRefused(
                            TokenRefusal(response, error: error, wantsOtherMethod: wantsOtherMethod, method: method)
                        )
                    )
                case .notThere(let status): throw TokenFailure(.noTokenService(address, status: status))
                case .unavailable(let status):
                    stop =
                        (200..<300).contains(status)
                        ? .noTokenService(address, status: status)
                        : .unreachable(reason: "the authorization server answers HTTP \(status)")
                    retryAfter = response.retryDelay
                }
            }
            failures += 1
            let wait = retryPolicy.decision(failedAttempts: failures, retryAfter: retryAfter, using: &random)
            guard case .retry(let delay) = wait, delay <= maxWait, !control.signal.isRaised else {
                if let retryAfter, retryAfter > maxWait {
                    stop = .pause(.pauseTooLong(wait: retryAfter), now: wallClock())
                }
                throw TokenFailure(stop)
            }
            time.wait(until: time.now + delay, unless: control.signal)
        }
    }

    private static func answer(
        to request: HTTPRequest,
        from transport: any Transport
    ) -> Result<HTTPResponse, TransportError> {
        do throws(TransportError) {
            return .success(try transport.send(request))
        } catch {
            return .failure(error)
        }
    }
}

extension String {
    /// Without spaces, line breaks and byte order marks around it.
    package func trimmingSpace() -> String {
        let isSpace: (Character) -> Bool = { $0.isWhitespace || $0 == "\u{FEFF}" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[first...last])
    }

    /// Whether a control character is in it, such as a line break.
    package var hasControlCharacter: Bool {
        unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}

extension RunStop {
    /// The token is there but its file or its text cannot be used.
    package static func tokenUnusable(reason: String) -> RunStop {
        RunStop("credentials", exitCode: 77, "No usable access token: \(reason).")
    }

    /// No authorization server answers there, or none for this environment.
    package static func noTokenService(_ address: TokenAddress, status: Int) -> RunStop {
        RunStop(
            address.environment != nil && status == 404 ? "environment" : "auth-url",
            exitCode: 78,
            address.advice(answering: status),
            // A custom domain's address names no environment.
            doubting: address.environment == nil ? [.address] : [.environment, .address]
        )
    }
}
