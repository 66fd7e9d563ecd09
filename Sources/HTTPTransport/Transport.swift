/// Sends requests, one at a time.
///
/// An implementation belongs to one worker thread: it need not be `Sendable`, and each worker makes its own.
package protocol Transport {
    /// Sends the request and waits for the whole reply. Blocks the calling thread, at most for the request's timeout.
    ///
    /// A POST, PUT or DELETE goes out at most once per call, whatever happens to the connection.
    ///
    /// - Parameters:
    ///   - request: complete, with its token.
    ///   - mayLeave: asked when the connection stands and nothing is left to do but send, which may be long after the call:
    ///     a request that may not leave any more is ``TransportError/neverSent(reason:)``.
    /// - Returns: the reply with any status, redirects and errors included.
    /// - Throws: ``TransportError`` when there is no complete reply; its case says whether the request may have arrived.
    func send(_ request: HTTPRequest, ifStill mayLeave: @escaping () -> Bool) throws(TransportError) -> HTTPResponse
}

extension Transport {
    /// Sends a request that may leave at any time.
    package func send(_ request: HTTPRequest) throws(TransportError) -> HTTPResponse {
        try send(request) { true }
    }
}

/// Why there is no reply. What decides is whether the server may have acted on the request.
///
/// Every `reason` names the host and port at most: never a path, a query, a header or a body.
package enum TransportError: Error, Equatable, CustomStringConvertible {
    /// It is certain that no byte of the request left: the same request may be sent again.
    case neverSent(reason: String)
    /// The other side's certificate was not accepted. No byte of the request left, and trying again will not help.
    case certificate(reason: String)
    /// The request may have been carried out: read back before sending it again.
    case inDoubt(reason: String)

    /// The reason alone, for a message that says by itself what becomes of the row.
    package var reason: String {
        switch self {
        case .neverSent(let reason), .certificate(let reason), .inDoubt(let reason): reason
        }
    }

    package var description: String {
        switch self {
        case .neverSent(let reason): "not sent: \(reason)"
        case .certificate(let reason): "not sent, certificate refused: \(reason)"
        case .inDoubt(let reason): "outcome unknown: \(reason)"
        }
    }
}
