import HTTPTransport
import TestKit

/// Sends the requests one after the other with one transport, on a thread of their own, as a worker does.
///
/// The transport is gone when this returns, and its connections are closed.
///
/// - Parameters:
///   - requests: sent in this order, whatever becomes of them.
///   - configuration: nil for one without a proxy.
///   - beforeEach: called on that thread with the number of each request, from 0; it may block.
///   - mayLeave: asked with that number when the request's connection stands.
/// - Returns: how each ended.
/// - Throws: when there is no transport.
func send(
    _ requests: [HTTPRequest],
    _ configuration: CurlConfiguration? = nil,
    beforeEach: @escaping @Sendable (Int) -> Void = { _ in },
    ifStill mayLeave: @escaping @Sendable (Int) -> Bool = { _ in true }
) async throws -> [Result<HTTPResponse, TransportError>] {
    let configuration = try configuration ?? .direct()
    return try await onThread {
        let transport = try CurlTransport(configuration)
        return requests.enumerated().map { number, request in
            beforeEach(number)
            return Result { () throws(TransportError) in
                try transport.send(request) { mayLeave(number) }
            }
        }
    }
}

/// The same for one request.
func send(_ request: HTTPRequest, _ configuration: CurlConfiguration? = nil) async throws -> HTTPResponse {
    try await send([request], configuration)[0].get()
}

/// The error of one request that must not succeed.
func failure(
    _ request: HTTPRequest,
    _ configuration: CurlConfiguration? = nil
) async throws -> TransportError? {
    try await send([request], configuration)[0].failure
}

extension Result where Success == HTTPResponse, Failure == TransportError {
    var failure: TransportError? {
        if case .failure(let error) = self { error } else { nil }
    }

    var status: Int? { try? get().status }
}

extension CurlConfiguration {
    /// Without a proxy, whatever the environment of the tests says.
    static func direct(
        caFile: String? = nil,
        connectTimeout: Duration = .seconds(10),
        maxBodyBytes: Int = 1 << 20
    ) throws -> CurlConfiguration {
        try CurlConfiguration(
            caFile: caFile,
            proxy: "",
            userAgent: "pinglink/test",
            connectTimeout: connectTimeout,
            maxBodyBytes: maxBodyBytes
        )
    }
}

extension HTTPRequest {
    static func post(_ url: String, body: String = #"{"n":1}"#, timeout: Duration = .seconds(20)) -> HTTPRequest {
        HTTPRequest(
            method: .post,
            url: url,
            headers: [
                HTTPHeader(name: "Authorization", value: "Bearer top-secret"),
                HTTPHeader(name: "Content-Type", value: "application/json"),
            ],
            body: Array(body.utf8),
            timeout: timeout
        )
    }

    static func get(_ url: String) -> HTTPRequest { HTTPRequest(method: .get, url: url, timeout: .seconds(20)) }
}

/// A complete reply with a body of two bytes, after which the connection stays open.
let okReply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
