import Testing

@testable import HTTPTransport

@Suite("What a failed transfer means")
struct CurlOutcomeTests {
    @Test("once the request may have left, every code is a doubt", arguments: 0..<200 as Range<UInt32>)
    func afterSending(code: UInt32) {
        for refusal in [nil, .repetition, .heldBack, .headerTooLong, .bodyTooLong] as [CurlExchange.Refusal?] {
            var outcome = CurlOutcome(
                code: code,
                requestMayHaveLeft: true,
                refusal: refusal,
                endpoint: "h:1"
            )
            outcome.proxyStatus = 407
            outcome.verifyResult = 10
            guard case .inDoubt(let reason) = outcome.error else {
                Issue.record("\(code): \(outcome.error)")
                return
            }
            #expect(reason.hasPrefix("h:1: "))
            #expect(reason.hasSuffix("(curl \(code))"))
        }
    }

    @Test("before that, exactly these codes are certain")
    func beforeSending() {
        var neverSent: [UInt32] = []
        var certificate: [UInt32] = []
        for code in 0..<200 as Range<UInt32> {
            switch CurlOutcome(code: code, requestMayHaveLeft: false, endpoint: "h:1").error {
            case .neverSent: neverSent.append(code)
            case .certificate: certificate.append(code)
            case .inDoubt: break
            }
        }
        #expect(neverSent == [1, 3, 5, 6, 7, 8, 27, 28, 35, 42, 52, 55, 56, 67, 97])
        #expect(certificate == [60, 77, 83])
    }

    @Test(
        "certificates are refused with their reason",
        arguments: [
            (0, "the certificate does not name this host"),
            (1, "the certificate does not name this host"),
            (9, "the certificate is not valid yet; check the clock"),
            (10, "the certificate has expired"),
            (20, "the certificate is not signed by a trusted root; add its root to the trusted ones"),
            (23, "the certificate is not acceptable (OpenSSL 23)"),
        ]
    )
    func certificates(verifyResult: Int, text: String) {
        var outcome = CurlOutcome(code: 60, requestMayHaveLeft: false, endpoint: "h:1")
        outcome.verifyResult = verifyResult
        #expect(outcome.error == .certificate(reason: "h:1: \(text) (curl 60)"))
    }

    @Test("the message names a proxy that may be the cause")
    func proxies() {
        var outcome = CurlOutcome(code: 7, requestMayHaveLeft: false, endpoint: "h:1")
        outcome.proxy = .init(configured: nil, environment: ["HTTPS_PROXY": "http://u:secret@p"])
        #expect(
            "\(outcome.error)"
                == "not sent: h:1: could not connect, perhaps through the proxy that the environment names (curl 7)"
        )
        outcome.proxy = .init(configured: "", environment: ["HTTPS_PROXY": "http://p"])
        #expect(outcome.error.reason == "h:1: could not connect (curl 7)")
        outcome.proxy = .init(configured: "http://p", environment: [:])
        #expect(outcome.error.reason == "h:1: could not connect, through the proxy (curl 7)")
    }
}
