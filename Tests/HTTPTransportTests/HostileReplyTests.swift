import Foundation
import HTTPTransport
import Testing

@Suite("Servers that misbehave")
struct HostileReplyTests {
    private static let chunkedReply = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"

    private static let unaskedBytes = [
        "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 201 Created\r\nContent-Length: 14\r\n\r\n{\"id\":\"other\"}", " ", "{}", "\r\n\r\n",
    ]

    /// Sends two POSTs, and has the server do something between them, on a connection that it leaves open.
    ///
    /// - Parameters:
    ///   - first: what the server sends for the first one.
    ///   - between: what it does when the client has that reply.
    /// - Returns: how both ended, and what the server received on each connection.
    /// - Throws: when there is no transport.
    private func sendTwo(
        _ first: String,
        between: [ScriptedServer.Action]
    ) async throws -> (results: [Result<HTTPResponse, TransportError>], received: [String]) {
        let isRead = DispatchSemaphore(value: 0)
        let isDone = DispatchSemaphore(value: 0)
        let server = ScriptedServer([
            [.readRequest, .send(first), .wait(isRead)] + between + [.signal(isDone), .leaveOpen],
            [.readRequest, .send(okReply)],
        ])
        let results = try await send([.post(server.url("/1")), .post(server.url("/2"))]) { number in
            if number == 1 {
                isRead.signal()
                isDone.wait()
            }
        }
        server.stop()
        return (results, server.received)
    }

    @Test(
        "a kept-alive connection that has ended while it was idle is replaced, and nothing is in doubt",
        arguments: [
            okReply, chunkedReply, "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
        ]
    )
    func endedWhileIdle(reply: String) async throws {
        let (results, received) = try await sendTwo(reply, between: [.finishSending])
        #expect(results.map(\.status) == [200, 200])
        #expect(received.map { $0.prefix(7) } == ["POST /1", "POST /2"])
    }

    @Test(
        "bytes behind a reply are never taken for the answer to the next request",
        arguments: [okReply, chunkedReply],
        unaskedBytes
    )
    func surplus(reply: String, surplus: String) async throws {
        let answer: [ScriptedServer.Action] = [.readRequest, .send(okReply)]
        let server = ScriptedServer([[.readRequest, .send(reply + surplus)] + answer, answer])
        let results = try await send([.post(server.url("/1")), .post(server.url("/2"))])
        server.stop()
        #expect(results.map(\.status) == [200, 200])
        #expect(try results.map { try $0.get().body } == [Array("{}".utf8), Array("{}".utf8)])
        #expect(server.received.joined().components(separatedBy: "POST /2").count == 2)
    }

    @Test("nor are bytes that come while the connection is idle", arguments: unaskedBytes)
    func lateSurplus(surplus: String) async throws {
        let (results, received) = try await sendTwo(okReply, between: [.send(surplus)])
        #expect(results.map(\.status) == [200, 200])
        #expect(try results.map { try $0.get().body } == [Array("{}".utf8), Array("{}".utf8)])
        #expect(received.map { $0.prefix(7) } == ["POST /1", "POST /2"])
    }

    @Test("a server that closes its side without a reply leaves the request in doubt, although it still reads")
    func finishedSending() async throws {
        let server = ScriptedServer([[.readRequest, .finishSending, .awaitClose]])
        #expect(
            try await failure(.post(server.url()))
                == .inDoubt(reason: "127.0.0.1:\(server.port): closed without a reply (curl 52)")
        )
        server.stop()
    }

    @Test("a server that reads no further may still answer")
    func stoppedReading() async throws {
        let server = ScriptedServer([[.readRequest, .stopReading, .send(okReply), .awaitClose]])
        #expect(try await send(.post(server.url())).status == 200)
        server.stop()
    }

    @Test("an answer that comes after the time is none")
    func late() async throws {
        let server = ScriptedServer([[.readRequest, .awaitClose, .send(okReply)], [.readRequest, .send(okReply)]])
        let results = try await send([.post(server.url("/1"), timeout: .milliseconds(200)), .post(server.url("/2"))])
        #expect(
            results[0].failure
                == .inDoubt(reason: "127.0.0.1:\(server.port): no complete reply in time (curl 28)")
        )
        #expect(results[1].status == 200)
        server.stop()
    }

    @Test(
        "a redirect to another host is an answer: nobody connects there",
        arguments: [301, 302, 303, 307, 308],
        [HTTPRequest.Method.get, .post, .put, .delete]
    )
    func redirect(status: Int, method: HTTPRequest.Method) async throws {
        let elsewhere = ScriptedServer([])
        let server = ScriptedServer([
            [
                .readRequest,
                .send(
                    "HTTP/1.1 \(status) Moved\r\nLocation: \(elsewhere.url("/v1"))\r\n"
                        + "Refresh: 0;url=\(elsewhere.url())\r\nContent-Length: 0\r\n\r\n"
                ),
            ]
        ])
        var request = HTTPRequest(method: method, url: server.url(), body: method.carriesBody ? [0x7B, 0x7D] : nil)
        request.headers = [HTTPHeader(name: "Authorization", value: "Bearer top-secret")]
        #expect(try await send(request).status == status)
        #expect(server.received.count == 1)
        #expect(elsewhere.received == [])
        server.stop()
        elsewhere.stop()
    }

    @Test(
        "a first line that is no final status leaves the request in doubt",
        arguments: [
            "HTTP/1.1 101 Switching Protocols", "HTTP/1.1 099 What", "HTTP/1.1 000 What", "HTTP/1.1 2OO OK",
            "HTTP/1.1 20", "HTTP/1.1200 OK", "HTTP/9.9 200 OK", "HTTP/ 200 OK", "ICY 200 OK", "200 OK",
            "\u{FEFF}HTTP/1.1 200 OK",
            "\0\0\0\0", "{\"id\":\"1\"}",
        ]
    )
    func firstLine(line: String) async throws {
        let server = ScriptedServer([
            [
                .readRequest, .send(line + "\r\nContent-Length: 12\r\n\r\n{\"id\":\"1234\"}"), .finishSending,
                .awaitClose,
            ]
        ])
        guard case .inDoubt = try await failure(.post(server.url())) else {
            Issue.record("\(line) is not in doubt")
            return
        }
        #expect(server.received.count == 1)
        server.stop()
    }

    @Test("a body that grows without end when it is unpacked is cut off like any other")
    func bomb() async throws {
        let server = ScriptedServer([
            [
                .readRequest, .send("HTTP/1.1 502 Bad Gateway\r\nContent-Encoding: gzip\r\n\r\n"),
                .sendBytes(GzipBomb.beginning), .sendForever(GzipBomb.continuation),
            ]
        ])
        let response = try await send(.post(server.url()), .direct(maxBodyBytes: 1 << 20))
        #expect(response.status == 502)
        #expect(response.body.count == 1 << 20)
        #expect(!response.bodyIsComplete)
        server.stop()
    }

    @Test(
        "a header that lies about the body leaves the request in doubt, or is read as HTTP says",
        arguments: [
            ("Content-Length: 2\r\nContent-Length: 2", 200),
            ("Content-Length: two", nil), ("Transfer-Encoding: chunked, identity", nil),
            ("Content-Length: 500\r\nTransfer-Encoding: chunked", nil), ("X-Zero: a\0b\r\nContent-Length: 2", nil),
        ] as [(String, Int?)]
    )
    func lyingHeader(header: String, status: Int?) async throws {
        let server = ScriptedServer([
            [.readRequest, .send("HTTP/1.1 200 OK\r\n\(header)\r\n\r\n{}"), .finishSending, .awaitClose]
        ])
        let result = try await send([.post(server.url())])[0]
        #expect(result.status == status)
        if status == nil, case .inDoubt = result.failure {} else { #expect(status != nil, "\(result)") }
        server.stop()
    }
}

/// A gzip stream that goes on for ever: each 13 bytes of it stand for 2,064 zeros.
private enum GzipBomb {
    /// The gzip header, and the beginning of a block with fixed Huffman codes (RFC 1951, section 3.2.6).
    static let beginning = [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0x03] + packed(bits[..<104])
    /// What follows, again and again: 104 bits hold eight repetitions of 13 bits each.
    static let continuation = packed(bits[104..<208])

    /// The block's three bits, the literal 0, and "258 times what was one byte before" as often as is needed.
    private static let bits: [UInt8] =
        [0, 1, 0] + [0, 0, 1, 1, 0, 0, 0, 0]
        + (0..<16).flatMap { _ in [1, 1, 0, 0, 0, 1, 0, 1] + [0, 0, 0, 0, 0] as [UInt8] }

    private static func packed(_ bits: ArraySlice<UInt8>) -> [UInt8] {
        stride(from: bits.startIndex, to: bits.endIndex, by: 8).map { start in
            (0..<8).reduce(0) { $0 | bits[start + $1] << UInt8($1) }
        }
    }
}
