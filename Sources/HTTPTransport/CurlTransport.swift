import CLibCurl
import FoundationEssentials

/// Sends requests with libcurl, over connections that are kept alive between requests.
///
/// One instance per worker: it holds one easy handle and must be used by one thread at a time, which the compiler checks,
/// since the class is not `Sendable`. Redirects are not followed, there are no cookies, and nothing turns the
/// verification of certificates off.
package final class CurlTransport: Transport {
    private let configuration: CurlConfiguration
    private let handle: CurlHandle
    private let clock = ContinuousClock()
    private let proxyUse: CurlOutcome.ProxyUse
    /// The method that the handle is set up for; `nil` when that is not certain.
    private var method: HTTPRequest.Method?
    /// The address that the handle is set up for, without its path where ``setAddress(_:)`` keeps that apart.
    private var address: String?
    /// The request's timeout that the handle is set up for.
    private var timeout: Duration?

    /// - Throws: ``TransportConfigurationError/library(reason:)`` when libcurl does not do what is needed.
    package init(_ configuration: CurlConfiguration) throws(TransportConfigurationError) {
        self.configuration = configuration
        proxyUse = CurlOutcome.ProxyUse(
            configured: configuration.proxy,
            environment: ProcessInfo.processInfo.environment
        )
        handle = try CurlHandle()
        do {
            try handle.setCallbacks()
            try Self.setConnectionRules(of: handle, configuration)
        } catch {
            throw .library(reason: "option \(error.option.rawValue) was refused (\(CurlLibrary.text(error.code)))")
        }
    }

    package func send(
        _ request: HTTPRequest,
        ifStill mayLeave: @escaping () -> Bool
    ) throws(TransportError) -> HTTPResponse {
        if let defect = request.defect {
            throw .neverSent(reason: "\(request.endpoint): the request is not fit to be sent: \(defect)")
        }
        var exchange = CurlExchange(
            maxBodyBytes: request.maxBodyBytes ?? configuration.maxBodyBytes,
            maxHeaderBytes: configuration.maxHeaderBytes,
            mayLeave: mayLeave
        )
        let start = clock.now
        let code: CURLcode
        do {
            try describe(request)
            code = try handle.perform(
                headers: request.headers,
                leavingOut: Self.unwantedHeaders(of: request),
                for: &exchange
            )
        } catch {
            // Thrown while options are set, before the transfer begins.
            throw .neverSent(reason: "\(request.endpoint): libcurl refused an option (\(CurlLibrary.text(error.code)))")
        }
        let duration = clock.now - start

        let status = handle.info(CURLINFO_RESPONSE_CODE)
        let isUsable = code == CURLE_OK || exchange.refusal == .bodyTooLong
        guard isUsable, exchange.headerIsComplete, status >= 200 else {
            throw outcome(of: request, code, exchange).error
        }
        return HTTPResponse(
            status: status,
            headers: HTTPHeaderBlock(bytes: exchange.header),
            body: exchange.body,
            bodyIsComplete: code == CURLE_OK,
            duration: duration,
            receivedAt: HTTPDate(secondsSince1970: pinglink_wall_clock())
        )
    }

    /// What holds for every request.
    private static func setConnectionRules(
        of handle: CurlHandle,
        _ configuration: CurlConfiguration
    ) throws(CurlHandle.OptionError) {
        // Signals would hit any thread; the name look-up has its own thread and needs none.
        try handle.set(CURLOPT_NOSIGNAL, 1)
        try handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        try handle.set(CURLOPT_FOLLOWLOCATION, 0)
        try handle.set(CURLOPT_HTTP09_ALLOWED, 0)
        try handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        try handle.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        // One request at a time per connection: HTTP/2 has nothing to give, and its refused streams are one more way
        // for a request to be repeated.
        try handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        // One connection, which is the last transfer's: there is no other whose state nobody looks at.
        try handle.set(CURLOPT_MAXCONNECTS, 1)
        try handle.set(CURLOPT_USERAGENT, configuration.userAgent)
        try handle.set(CURLOPT_ACCEPT_ENCODING, "gzip")

        if let proxy = configuration.proxy { try handle.set(CURLOPT_PROXY, proxy) }
        // The credential is the server's: a proxy on the way must not see it in CONNECT, nor its headers count as replies.
        try handle.set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        try handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)

        try handle.set(roots: configuration.roots)
        for (peer, host, version) in [
            (CURLOPT_SSL_VERIFYPEER, CURLOPT_SSL_VERIFYHOST, CURLOPT_SSLVERSION),
            (CURLOPT_PROXY_SSL_VERIFYPEER, CURLOPT_PROXY_SSL_VERIFYHOST, CURLOPT_PROXY_SSLVERSION),
        ] {
            try handle.set(peer, 1)
            try handle.set(host, 2)
            try handle.set(version, Int(CURL_SSLVERSION_TLSv1_2))
        }
    }

    /// What changes from request to request, but for the headers.
    private func describe(_ request: HTTPRequest) throws(CurlHandle.OptionError) {
        try setAddress(request)
        try setTimeout(request.timeout)

        // Bytes that nobody has asked for would be taken for the reply to this request.
        try handle.set(CURLOPT_FRESH_CONNECT, handle.connectionHasUnreadBytes ? 1 : 0)

        if request.method.carriesBody { try handle.set(body: request.body ?? []) }
        guard request.method != method else { return }
        method = nil
        // PUT is a POST by another name here: one way for bodies.
        if !request.method.carriesBody { try handle.set(CURLOPT_HTTPGET, 1) }
        let name = request.method == .get || request.method == .post ? nil : request.method.rawValue
        try handle.set(CURLOPT_CUSTOMREQUEST, name)
        method = request.method
    }

    /// libcurl takes the address to pieces and prints it anew for each transfer, byte by byte, which is a sixth of its work
    /// for a request. So the part that changes is given apart from it, as the target that goes into the request line as it
    /// is. Only through an HTTP proxy without a tunnel the whole address belongs there, and libcurl knows how.
    private func setAddress(_ request: HTTPRequest) throws(CurlHandle.OptionError) {
        let isDirect = proxyUse == .none || request.url.hasPrefix("https:")
        let path = isDirect ? request.pathStart : nil
        let length = path.map { $0 + 1 } ?? request.url.utf8.count
        if address.map({ $0.utf8.count == length && request.url.hasPrefix($0) }) != true {
            address = nil
            let address = String(decoding: request.url.utf8.prefix(length), as: UTF8.self)
            try handle.set(CURLOPT_URL, address)
            self.address = address
        }
        if let path {
            try handle.set(CURLOPT_REQUEST_TARGET, request.url, from: path)
        } else {
            try handle.set(CURLOPT_REQUEST_TARGET, nil)
        }
    }

    private func setTimeout(_ timeout: Duration) throws(CurlHandle.OptionError) {
        guard timeout != self.timeout else { return }
        self.timeout = nil
        try handle.set(CURLOPT_TIMEOUT_MS, timeout.wholeMilliseconds)
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, min(configuration.connectTimeout, timeout).wholeMilliseconds)
        self.timeout = timeout
    }

    /// What libcurl would send of its own accord.
    private static func unwantedHeaders(of request: HTTPRequest) -> [StaticString] {
        // Waiting for "100 Continue" costs a round trip, and a type that nobody named would be a guess.
        guard request.method.carriesBody else { return [] }
        return request.headers.contains { $0.isNamed("content-type") } ? ["Expect"] : ["Expect", "Content-Type"]
    }

    private func outcome(of request: HTTPRequest, _ code: CURLcode, _ exchange: CurlExchange) -> CurlOutcome {
        CurlOutcome(
            code: code.rawValue,
            requestMayHaveLeft: exchange.requestMayHaveLeft,
            refusal: exchange.refusal,
            endpoint: request.endpoint,
            proxy: proxyUse,
            proxyStatus: handle.info(CURLINFO_HTTP_CONNECTCODE),
            verifyResult: handle.info(CURLINFO_SSL_VERIFYRESULT)
        )
    }
}

extension Duration {
    /// Rounded up, from 1 to about 24 days: libcurl reads zero as "no limit".
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) / 1_000 else { return Int(Int32.max) }
        return max(1, Int(seconds) * 1_000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
