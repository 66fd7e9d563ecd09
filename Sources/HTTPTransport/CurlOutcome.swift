import CLibCurl

/// What a failed transfer means for the request: the one place where that is decided.
///
/// The code alone does not tell. After a kept-alive connection has died under a request, libcurl connects anew, and if that
/// fails it reports "could not connect", although the request had left before. So the codes count as "never sent" only
/// together with ``requestMayHaveLeft``, and whatever is not in the table is in doubt.
struct CurlOutcome {
    /// What stands between this machine and the server.
    enum ProxyUse {
        case none
        case configured
        case environment

        /// Reads ``CurlConfiguration/proxy`` and the environment as libcurl does.
        init(configured proxy: String?, environment: [String: String]) {
            let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy"]
            self =
                switch proxy {
                case .some(let proxy): proxy.isEmpty ? .none : .configured
                case nil: names.contains { environment[$0]?.isEmpty == false } ? .environment : .none
                }
        }
    }

    /// What a code means as long as the request has not left.
    private enum Before {
        case neverSent(String)
        case certificate
    }

    /// A `CURLcode`.
    var code: UInt32
    /// See ``CurlExchange/requestMayHaveLeft``.
    var requestMayHaveLeft: Bool
    /// Why a callback of ours ended the transfer, if one did.
    var refusal: CurlExchange.Refusal?
    /// Host and port, for the message.
    var endpoint: String
    var proxy = ProxyUse.none
    /// The proxy's answer to CONNECT; zero without one.
    var proxyStatus = 0
    /// OpenSSL's verdict on the certificate (`X509_V_ERR_…`); zero if it found nothing wrong.
    var verifyResult = 0

    var error: TransportError {
        let row = Self.table[code]
        guard !requestMayHaveLeft, let before = row?.before else {
            return .inDoubt(
                reason: "\(endpoint): \(refusalText ?? row?.after ?? CurlLibrary.text(CURLcode(code))) \(codeText)"
            )
        }
        switch before {
        case .neverSent(let text):
            if (300...).contains(proxyStatus) {
                let wish = proxyStatus == 407 ? ", which asks for a user and a password in the proxy's URL" : ""
                return .neverSent(
                    reason: "\(endpoint): the proxy answered \(proxyStatus) to CONNECT\(wish) \(codeText)"
                )
            }
            return .neverSent(reason: "\(endpoint): \(text)\(proxyText) \(codeText)")
        case .certificate:
            return .certificate(reason: "\(endpoint): \(certificateText) \(codeText)")
        }
    }

    /// Each code with its meaning before the request left (`nil`: in doubt even then), and the text for after.
    private static let table: [UInt32: (before: Before?, after: String)] = [
        // The address, before anything else. "Unsupported protocol" is also the answer to a reply that is no HTTP.
        CURLE_UNSUPPORTED_PROTOCOL.rawValue: (.neverSent("the address is neither http nor https"), notHTTP),
        CURLE_URL_MALFORMAT.rawValue: (.neverSent("the address is malformed"), lost),
        CURLE_LOGIN_DENIED.rawValue: (.neverSent("the address holds a user name, which is not allowed"), lost),
        // Name look-up and connection.
        CURLE_COULDNT_RESOLVE_PROXY.rawValue: (.neverSent("the proxy's name could not be looked up"), lost),
        CURLE_COULDNT_RESOLVE_HOST.rawValue: (.neverSent("the name could not be looked up"), lost),
        CURLE_COULDNT_CONNECT.rawValue: (.neverSent("could not connect"), lost),
        CURLE_PROXY.rawValue: (.neverSent("the proxy refused the connection"), lost),
        // TLS. A handshake that fails for another reason may succeed the next time; a certificate stays what it is.
        CURLE_SSL_CONNECT_ERROR.rawValue: (.neverSent("the TLS handshake failed"), "the TLS connection broke"),
        CURLE_PEER_FAILED_VERIFICATION.rawValue: (.certificate, lost),
        CURLE_SSL_CACERT_BADFILE.rawValue: (.certificate, lost),
        CURLE_SSL_ISSUER_ERROR.rawValue: (.certificate, lost),
        // Before the request these come from a proxy that is asked for a tunnel; afterwards the request may be there.
        CURLE_SEND_ERROR.rawValue: (
            .neverSent("the connection broke before the request"), "the connection broke on sending"
        ),
        CURLE_RECV_ERROR.rawValue: (.neverSent("the connection broke before the request"), lost),
        CURLE_GOT_NOTHING.rawValue: (.neverSent("the connection broke before the request"), "closed without a reply"),
        CURLE_WEIRD_SERVER_REPLY.rawValue: (.neverSent("the proxy's answer is no HTTP"), notHTTP),
        // At any time.
        CURLE_OPERATION_TIMEDOUT.rawValue: (.neverSent("no connection in time"), "no complete reply in time"),
        CURLE_OUT_OF_MEMORY.rawValue: (.neverSent("memory ran out"), "a header line of the reply is too long"),
        // By us: what was about to leave may not leave any more, or was about to leave again.
        CURLE_ABORTED_BY_CALLBACK.rawValue: (.neverSent("the request was held back"), notRepeated),
        // Only with a request under way. No error at all: the header ended early, or a final reply never came.
        CURLE_OK.rawValue: (nil, "the reply broke off in its header"),
        CURLE_PARTIAL_FILE.rawValue: (nil, "the reply broke off"),
        CURLE_BAD_CONTENT_ENCODING.rawValue: (nil, "the reply's compressed body is damaged"),
        CURLE_SEND_FAIL_REWIND.rawValue: (nil, notRepeated),
        CURLE_WRITE_ERROR.rawValue: (nil, "the reply could not be read"),
        CURLE_HTTP2.rawValue: (nil, "the HTTP/2 connection broke"),
        CURLE_HTTP2_STREAM.rawValue: (nil, "the HTTP/2 stream broke"),
    ]

    private static let lost = "the connection was lost before the reply was complete"
    private static let notHTTP = "the answer is no HTTP"
    private static let notRepeated = "the kept-alive connection broke; the request was not repeated"

    private var codeText: String { "(curl \(code))" }

    private var refusalText: String? {
        switch refusal {
        case .repetition: Self.notRepeated
        case .headerTooLong: "the reply's header is too long"
        case .bodyTooLong, .heldBack, nil: nil
        }
    }

    private var proxyText: String {
        switch proxy {
        case .none: ""
        case .configured: ", through the proxy"
        case .environment: ", perhaps through the proxy that the environment names"
        }
    }

    /// Source of the numbers: OpenSSL, `x509_vfy.h`.
    private var certificateText: String {
        if code == CURLE_SSL_CACERT_BADFILE.rawValue { return "the trusted roots cannot be read" }
        return switch verifyResult {
        // The names are compared by libcurl, not by OpenSSL, whose verdict is then "none" or "unspecified".
        case 0, 1, 62: "the certificate does not name this host"
        case 9: "the certificate is not valid yet; check the clock"
        case 10: "the certificate has expired"
        case 2, 18, 19, 20, 21: "the certificate is not signed by a trusted root; add its root to the trusted ones"
        default: "the certificate is not acceptable (OpenSSL \(verifyResult))"
        }
    }
}
