/// A complete reply: its status and headers arrived, and so did its body unless that was longer than the caller keeps.
///
/// Its description shows the status and the body's size only: bodies carry people's data.
package struct HTTPResponse: Sendable, CustomStringConvertible, CustomReflectable {
    /// The final status code, 200 to 999; interim replies (1xx) never show.
    package var status: Int
    /// The header fields of the final reply.
    package var headers: HTTPHeaderBlock
    /// The body, decompressed.
    package var body: [UInt8]
    /// `false` when the body was longer than the transport's limit: then `body` is its beginning.
    package var bodyIsComplete: Bool
    /// From the call to the end of the reply, a new connection included.
    package var duration: Duration
    /// This machine's wall clock when the reply was complete.
    package var receivedAt: HTTPDate

    /// A reply made of its parts; `receivedAt` matters when it has no `Date` header, see ``retryDelay``.
    package init(
        status: Int,
        headers: HTTPHeaderBlock = HTTPHeaderBlock([]),
        body: [UInt8] = [],
        bodyIsComplete: Bool = true,
        duration: Duration = .zero,
        receivedAt: HTTPDate = HTTPDate(secondsSince1970: 0)
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.bodyIsComplete = bodyIsComplete
        self.duration = duration
        self.receivedAt = receivedAt
    }

    /// The value of the first field of this name, without regard to case. See ``HTTPHeaderBlock/first(_:)``.
    package func header(_ name: String) -> String? { headers.first(name) }

    /// What the `Retry-After` header says; `nil` without one, or when it makes no sense.
    package var retryAfter: RetryAfter? { header("retry-after").flatMap(RetryAfter.init(headerValue:)) }

    /// How long to wait before coming again, counted from now; `nil` without a sensible `Retry-After`.
    ///
    /// A date is measured against the reply's own `Date` header, so that a wrong clock here does no harm, else against
    /// ``receivedAt``.
    package var retryDelay: Duration? {
        retryAfter?.delay(from: header("date").flatMap(HTTPDate.init(_:)) ?? receivedAt)
    }

    package var description: String { "HTTP \(status) (\(body.count) bytes\(bodyIsComplete ? "" : ", cut off"))" }

    package var customMirror: Mirror { Mirror(self, children: ["response": description]) }
}
