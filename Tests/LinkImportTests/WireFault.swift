import HTTPTransport

/// Something that can happen to a request on its way, or to its reply.
struct WireFault: Sendable {
    /// How the client is to understand it.
    enum Meaning: Sendable {
        /// An odd form of a good reply.
        case good
        /// Nobody can say what became of the request.
        case doubt
        case refused
        case notFound
        case conflict
        case unauthorized
        case throttled
        /// A pause that is longer than anybody waits.
        case tooLong
    }

    var name: String
    var meaning: Meaning
    /// The status of a refusal or a pause.
    var status = 0
    /// Whether it is a reply that comes after the client has given up.
    var comesTooLate = false
    /// What is sent, made from what the simulator has answered; of a request that it never got, from an answer that
    /// would make it a success.
    var reply: @Sendable (HTTPResponse) -> WireReply

    init(_ name: String, _ meaning: Meaning, status: Int = 0, reply: @escaping @Sendable (HTTPResponse) -> WireReply) {
        self.name = name
        self.meaning = meaning
        self.status = status
        self.reply = reply
    }

    /// A status without a word in the body.
    init(_ status: Int, _ meaning: Meaning, _ header: String = "X-None: 1") {
        self.init(header.hasPrefix("X-None") ? "\(status)" : "\(status), \(header)", meaning, status: status) { _ in
            .http(status, header)
        }
    }

    /// One or two of each meaning: those that are worth every moment.
    static let typical: [WireFault] = [
        chunked, reset, late, WireFault(500, .doubt), WireFault(503, .doubt, "Retry-After: 1"),
        forbidden, WireFault(404, .notFound), WireFault(409, .conflict), WireFault(401, .unauthorized),
        WireFault(429, .throttled, "Retry-After: 1"), WireFault(429, .tooLong, "Retry-After: 31536000"),
    ]

    /// The others, most of which differ only in what they look like.
    static let others: [WireFault] = goodForms + lostReplies + brokenReplies + brokenBodies + refusals + pauses

    private static let chunked = WireFault("chunked", .good) {
        .head(
            ["HTTP/1.1 \($0.status) OK", "Transfer-Encoding: chunked"],
            chunk($0.body.prefix(3)) + chunk($0.body.dropFirst(3)) + chunk([])
        )
    }
    private static let reset = WireFault("reset", .doubt) { _ in WireReply(ending: .reset) }

    /// PingOne's own, which has its error code; a gateway's is waited for.
    private static let forbidden = WireFault("403", .refused, status: 403) { _ in
        .http(403, body: Array(#"{"code":"ACCESS_FAILED"}"#.utf8))
    }

    private static var late: WireFault {
        var fault = WireFault("a reply after the timeout", .doubt) {
            var reply = WireReply.asItWas($0)
            reply.comesTooLate = true
            return reply
        }
        fault.comesTooLate = true
        return fault
    }

    private static let goodForms: [WireFault] = [
        WireFault("HTTP/1.0 with a length", .good) { .http($0.status, body: $0.body, version: "1.0", then: .closed) },
        WireFault("HTTP/1.0 without a length", .good) { .head(["HTTP/1.0 \($0.status) OK"], $0.body, then: .closed) },
        WireFault("gzip", .good) { .http($0.status, "Content-Encoding: gzip", body: Gzip.stored($0.body)) },
        WireFault("interim replies first", .good) {
            var reply = WireReply.asItWas($0)
            reply.bytes =
                Array("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\n".utf8) + reply.bytes
            return reply
        },
        WireFault("two replies at once", .good) {
            var reply = WireReply.asItWas($0)
            reply.bytes += WireReply.http(201, body: Array(#"{"id":"never-made"}"#.utf8)).bytes
            return reply
        },
        WireFault("a length shorter than the body", .good) {
            var reply = WireReply.asItWas($0)
            reply.bytes += Array("surplus".utf8)
            return reply
        },
        WireFault("numbers that no machine holds", .good) {
            .http(
                $0.status,
                body: Array("{\"n\":\(String(repeating: "9", count: 400))e999999999,".utf8) + $0.body.dropFirst()
            )
        },
    ]

    private static let lostReplies: [WireFault] = [
        WireFault("closed without a reply", .doubt) { _ in WireReply(ending: .closed) },
        WireFault("half closed without a reply", .doubt) { _ in WireReply(ending: .halfClosed) },
        WireFault("an interim reply and no other", .doubt) { _ in .head(["HTTP/1.1 100 Continue"], then: .closed) },
    ]

    private static let brokenReplies: [WireFault] = [
        WireFault("a header that breaks off", .doubt) { _ in
            WireReply(bytes: Array("HTTP/1.1 200 OK\r\nContent-Le".utf8), ending: .closed)
        },
        WireFault("a body shorter than its length", .doubt) {
            .head(["HTTP/1.1 \($0.status) OK", "Content-Length: \($0.body.count + 1)"], $0.body, then: .closed)
        },
        WireFault("no last chunk", .doubt) {
            .head(["HTTP/1.1 \($0.status) OK", "Transfer-Encoding: chunked"], chunk($0.body[...]), then: .closed)
        },
        WireFault("a chunk that is none", .doubt) {
            .head(["HTTP/1.1 \($0.status) OK", "Transfer-Encoding: chunked"], Array("zz\r\n".utf8) + $0.body)
        },
        WireFault("damaged gzip", .doubt) {
            .http($0.status, "Content-Encoding: gzip", body: Gzip.stored($0.body).dropLast(4) + [1, 2, 3, 4])
        },
        WireFault("gzip that is none", .doubt) { .http($0.status, "Content-Encoding: gzip", body: $0.body) },
        WireFault("no HTTP", .doubt) { _ in WireReply(bytes: Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)) },
        WireFault("101", .doubt) { .head(["HTTP/1.1 101 Switching Protocols"], $0.body, then: .closed) },
        WireFault("an endless header", .doubt) { _ in
            WireReply(bytes: Array("HTTP/1.1 200 OK\r\n".utf8), endless: Array("X-Filler: 0123456789\r\n".utf8))
        },
        WireFault("interim replies without end", .doubt) { _ in
            WireReply(endless: Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        },
        WireFault("a good reply of 100 MB", .doubt) { huge($0.status, beginningWith: $0.body) },
        WireFault("an error page of 100 MB", .doubt) { _ in huge(500, beginningWith: Array("<html>".utf8)) },
    ]

    private static let brokenBodies: [WireFault] = [
        WireFault(204, .doubt), WireFault(200, .doubt), page("200, HTML", 200, .doubt),
        body("200, {}") { _ in Array("{}".utf8) },
        body("an id of the wrong type") { _ in Array(#"{"id":7,"access_token":7}"#.utf8) },
        body("10,000 levels") { response in
            let open = String(repeating: "[", count: 10_000)
            return Array("{\"deep\":\(open)\(String(repeating: "]", count: 10_000)),".utf8) + response.dropFirst()
        },
        body("invalid UTF-8") { Array("{\"text\":\"".utf8) + [0xC3, 0x28] + Array("\",".utf8) + $0.dropFirst() },
        body("a byte order mark") { [0xEF, 0xBB, 0xBF] + $0 }, body("a NUL") { $0 + [0] },
        body("trailing data") { $0 + Array("{}".utf8) }, body("half a body") { Array($0.prefix($0.count / 2)) },
    ]

    private static let refusals: [WireFault] =
        [301, 303, 307, 308].map { WireFault($0, .refused, "Location: http://127.0.0.1:9/") }
        + [400, 405, 415, 422, 451].map { WireFault($0, .refused) } + [
            WireFault(302, .refused, "Location: http://127.0.0.1:9/"), page("400, HTML", 400, .refused),
            WireFault(503, .tooLong, "Retry-After: 31536000"),
            WireFault("a refusal of 100 MB", .refused, status: 400) { _ in
                huge(400, beginningWith: Array("<html>".utf8))
            },
            WireFault("400, uniqueness", .conflict, status: 400) { _ in
                .http(400, body: Array(#"{"code":"INVALID_DATA","details":[{"code":"UNIQUENESS_VIOLATION"}]}"#.utf8))
            },
        ]

    private static let pauses: [WireFault] =
        [408, 502, 504, 599].map { WireFault($0, .doubt) }
        + retryAfters.flatMap { [WireFault(429, .throttled, $0), WireFault(503, .doubt, $0)] } + [
            WireFault(429, .tooLong, "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"),
            WireFault(503, .tooLong, "Retry-After: 99999999999999999999"),
        ]

    /// None, none that can be understood, one in the past, two.
    private static let retryAfters = [
        "X-None: 1", "Retry-After: 0", "Retry-After: -1", "Retry-After: soon", "Retry-After:",
        "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After: 2\r\nRetry-After: 31536000",
    ]

    private static func body(_ name: String, _ change: @escaping @Sendable ([UInt8]) -> [UInt8]) -> WireFault {
        WireFault(name, .doubt) { .http(200, body: change($0.body)) }
    }

    private static func page(_ name: String, _ status: Int, _ meaning: Meaning) -> WireFault {
        WireFault(name, meaning, status: status) { _ in
            .http(status, "Content-Type: text/html", body: Array("<html><h1>Oops</h1></html>".utf8))
        }
    }

    private static func huge(_ status: Int, beginningWith body: [UInt8]) -> WireReply {
        var reply = WireReply.head(["HTTP/1.1 \(status) Oops", "Content-Length: 100000000"], body)
        reply.endless = [UInt8](repeating: 0x20, count: 65_536)
        return reply
    }

    private static func chunk(_ bytes: some Collection<UInt8>) -> [UInt8] {
        Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
    }
}

/// RFC 1952, without compressing anything.
private enum Gzip {
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let length = UInt16(bytes.count)
        return [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 1] + little(length) + little(~length) + bytes
            + little(checksum(bytes)) + little(UInt32(bytes.count))
    }

    private static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}
