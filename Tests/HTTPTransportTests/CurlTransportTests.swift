import Foundation
import HTTPTransport
import Testing

@Suite("What goes over the wire")
struct CurlTransportWireTests {
    @Test("a POST goes out exactly as described, with its length and without waiting for permission")
    func post() async throws {
        let server = ScriptedServer([[.readRequest, .send(okReply)]])
        let response = try await send(.post(server.url("/v1/users?x=1")))
        #expect(response.status == 200)
        #expect(response.body == Array("{}".utf8))
        #expect(response.bodyIsComplete)
        #expect(
            server.received == [
                """
                POST /v1/users?x=1 HTTP/1.1\r
                Host: 127.0.0.1:\(server.port)\r
                User-Agent: pinglink/test\r
                Accept: */*\r
                Accept-Encoding: gzip\r
                Authorization: Bearer top-secret\r
                Content-Type: application/json\r
                Content-Length: 7\r
                \r
                {"n":1}
                """
            ]
        )
        server.stop()
    }

    @Test("a body of 3 MB arrives whole, without Expect and without chunks")
    func longBody() async throws {
        let server = ScriptedServer([[.readRequest, .send(okReply)]])
        let body = String(repeating: "0123456789", count: 300_000)
        _ = try await send(.post(server.url(), body: body))
        let received = server.received[0]
        #expect(received.hasSuffix("\r\nContent-Length: 3000000\r\n\r\n" + body))
        #expect(!received.contains("Expect"))
        #expect(!received.contains("Transfer-Encoding"))
        server.stop()
    }

    @Test("methods follow each other on one connection, each with the body that is its own")
    func methodsInTurn() async throws {
        let methods: [HTTPRequest.Method] = [.put, .get, .post, .delete, .post, .put, .delete, .get]
        let server = ScriptedServer([methods.flatMap { _ in [.readRequest, .send(okReply)] }])
        let requests = methods.enumerated().map { number, method in
            HTTPRequest(
                method: method,
                url: server.url("/\(number)"),
                headers: [HTTPHeader(name: "X-Empty", value: "")],
                body: method.carriesBody ? Array(String(repeating: "b", count: number).utf8) : nil
            )
        }
        let results = try await send(requests)
        #expect(results.map(\.status) == methods.map { _ in 200 })
        let common = "Host: 127.0.0.1:\(server.port)\r\nUser-Agent: pinglink/test\r\nAccept: */*\r\n"
        let expected = methods.enumerated().map { number, method in
            "\(method.rawValue) /\(number) HTTP/1.1\r\n\(common)Accept-Encoding: gzip\r\nX-Empty:\r\n"
                + (method.carriesBody ? "Content-Length: \(number)\r\n" : "") + "\r\n"
                + (method.carriesBody ? String(repeating: "b", count: number) : "")
        }
        #expect(server.received == [expected.joined()])
        server.stop()
    }

    @Test("what stands in the request line is the address without its origin, to the letter, whatever came before")
    func targets() async throws {
        let targets = ["/v1/a%20b?filter=x%20eq%20%22%3F%23%22&limit=2", "/", "/v1//c/?", "/v1/d", "/?a=http://b/c"]
        let server = ScriptedServer([(0...targets.count).flatMap { _ in [.readRequest, .send(okReply)] }])
        let addresses = targets.map { server.url($0) } + [server.url("/e#not-sent")]
        let results = try await send(addresses.map { .get($0) })
        #expect(results.map(\.status) == addresses.map { _ in 200 })
        let lines = server.received[0].split(separator: "\r\n").filter { $0.hasPrefix("GET ") }
        #expect(lines == (targets + ["/e"]).map { "GET \($0) HTTP/1.1" })
        server.stop()
    }

    @Test("one transport goes from server to server")
    func serversInTurn() async throws {
        let servers = (1...2).map { _ in
            ScriptedServer([[.readRequest, .send(okReply)], [.readRequest, .send(okReply)]])
        }
        let addresses = [0, 1, 0, 1].map { servers[$0].url("/\($0)") }
        let results = try await send(addresses.map { .get($0) })
        #expect(results.map(\.status) == [200, 200, 200, 200])
        for (number, server) in servers.enumerated() {
            #expect(server.received.map { $0.prefix(13) } == ["GET /\(number) HTTP/1", "GET /\(number) HTTP/1"])
            server.stop()
        }
    }

    @Test("a proxy that only passes requests on gets the whole address")
    func plainProxy() async throws {
        let proxy = ScriptedServer([[.readRequest, .send(okReply), .readRequest, .send(okReply)]])
        let configuration = try CurlConfiguration(proxy: "http://127.0.0.1:\(proxy.port)", userAgent: "x")
        let addresses = ["http://127.0.0.1:9/a?b=c", "http://127.0.0.1:9/d"]
        let results = try await send(addresses.map { .get($0) }, configuration)
        #expect(results.map(\.status) == [200, 200])
        let lines = proxy.received[0].split(separator: "\r\n").filter { $0.hasPrefix("GET ") }
        #expect(lines == addresses.map { "GET \($0) HTTP/1.1" })
        proxy.stop()
    }

    @Test(
        "a header that could break out of its line is refused, and nothing is sent",
        arguments: ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "a\u{7F}", "a\tb\nc", "a\tb\u{7F}"]
    )
    func hostileHeader(value: String) async throws {
        let server = ScriptedServer([])
        var request = HTTPRequest.get(server.url())
        request.headers = [HTTPHeader(name: "Authorization", value: value)]
        #expect(
            try await failure(request)
                == .neverSent(
                    reason: "127.0.0.1:\(server.port): the request is not fit to be sent: the value of the header "
                        + "Authorization holds a line break or another control character"
                )
        )
        #expect(server.received == [])
        server.stop()
    }

    @Test("a redirect is an answer, not an order")
    func redirect() async throws {
        let server = ScriptedServer([
            [
                .readRequest, .send("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"),
                .awaitClose,
            ]
        ])
        let response = try await send(.post(server.url()))
        #expect(response.status == 302)
        #expect(response.header("location") == "/elsewhere")
        #expect(server.received.count == 1)
        server.stop()
    }
}

@Suite("Replies, as libcurl hands them on")
struct CurlTransportReplyTests {
    private static let gzippedHello: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x86,
        0xA6, 0x10, 0x36, 0x05, 0x00, 0x00, 0x00,
    ]

    @Test(
        "complete replies of every form are read",
        arguments: [
            "HTTP/1.0 200 OK\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\nX-Late: 1\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        ]
    )
    func forms(reply: String) async throws {
        let server = ScriptedServer([[.readRequest, .send(reply)]])
        let response = try await send(.post(server.url()))
        #expect(response.status == 200)
        #expect(response.body == Array("hello".utf8))
        #expect(response.bodyIsComplete)
        #expect(response.header("X") == nil)
        #expect(response.header("X-Late") == nil)
        server.stop()
    }

    @Test("a gzip body is unpacked, a damaged one leaves the outcome in doubt")
    func gzip() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(Self.gzippedHello.count)\r\n\r\n"
        var damaged = Self.gzippedHello
        damaged[12] ^= 0xFF
        let server = ScriptedServer([
            [
                .readRequest, .send(head), .sendBytes(Self.gzippedHello),
                .readRequest, .send(head), .sendBytes(damaged), .awaitClose,
            ]
        ])
        let results = try await send([.post(server.url()), .post(server.url())])
        #expect(try results[0].get().body == Array("hello".utf8))
        #expect(
            results[1].failure
                == .inDoubt(
                    reason: "127.0.0.1:\(server.port): the reply's compressed body is damaged (curl 61)"
                )
        )
        server.stop()
    }

    @Test("an endless body is cut off: the status counts, and memory is bounded")
    func endlessBody() async throws {
        let server = ScriptedServer([
            [
                .readRequest, .send("HTTP/1.1 500 Oops\r\nContent-Length: 100000000\r\n\r\n"),
                .sendForever([UInt8](repeating: 0x20, count: 65_536)),
            ]
        ])
        let response = try await send(.post(server.url()), .direct(maxBodyBytes: 100_000))
        #expect(response.status == 500)
        #expect(response.body.count == 100_000)
        #expect(!response.bodyIsComplete)
        server.stop()
    }

    @Test("a request may have more room for its reply than others")
    func roomForReply() async throws {
        let body = [UInt8](repeating: 0x20, count: 150_000)
        let server = ScriptedServer([
            [.readRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: 150000\r\n\r\n"), .sendBytes(body)]
        ])
        var request = HTTPRequest(method: .get, url: server.url())
        request.maxBodyBytes = 200_000
        let response = try await send(request, .direct(maxBodyBytes: 100_000))
        #expect(response.body == body)
        #expect(response.bodyIsComplete)
        server.stop()
    }

    @Test("headers are found without regard to case, and the reply's moment is known")
    func headers() async throws {
        let server = ScriptedServer([
            [
                .readRequest,
                .send(
                    "HTTP/1.1 429 Slow down\r\nCorrelation-ID: abc\r\nRetry-After: Sun, 06 Nov 1994 08:49:40 GMT\r\n"
                        + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n"
                ),
            ]
        ])
        let response = try await send(.post(server.url()))
        #expect(response.status == 429)
        #expect(response.header("correlation-id") == "abc")
        #expect(response.retryDelay == .seconds(3))
        #expect(response.duration > .zero)
        #expect(response.receivedAt.secondsSince1970 > 1_700_000_000)
        server.stop()
    }
}

@Suite("A request goes out once")
struct CurlTransportOnceTests {
    @Test(
        "a POST on a kept-alive connection that dies is in doubt, and is not repeated behind our back",
        arguments: [[], [ScriptedServer.Action.reset]]
    )
    func deadConnection(ending: [ScriptedServer.Action]) async throws {
        let server = ScriptedServer([
            [.readRequest, .send(okReply), .readRequest] + ending,
            [.readRequest, .send(okReply)],
        ])
        let results = try await send([.post(server.url("/1")), .post(server.url("/2"))])
        #expect(results[0].status == 200)
        guard case .inDoubt = results[1].failure else {
            Issue.record("\(results[1])")
            return
        }
        #expect(server.received.joined().components(separatedBy: "POST /2").count == 2)
        server.stop()
    }

    @Test(
        "nor is it when the head alone was read, or when there is no body",
        arguments: ["", "x", String(repeating: "x", count: 5_000_000)]
    )
    func deadAfterHead(body: String) async throws {
        let server = ScriptedServer([
            [.readRequest, .send(okReply), .readHead, .reset],
            [.readRequest, .send(okReply)],
        ])
        let results = try await send([.post(server.url("/1")), .post(server.url("/2"), body: body)])
        #expect(results[0].status == 200)
        guard case .inDoubt = results[1].failure else {
            Issue.record("\(results[1])")
            return
        }
        #expect(server.received.joined().components(separatedBy: "POST /2").count == 2)
        server.stop()
    }

    @Test("a DELETE and a GET are not repeated either")
    func otherMethods() async throws {
        let server = ScriptedServer([
            [.readRequest, .send(okReply), .readRequest],
            [.awaitClose],  // libcurl connects again, is told not to send, and hangs up
            [.readRequest, .send(okReply), .readRequest],
            [.awaitClose],
        ])
        let delete = HTTPRequest(method: .delete, url: server.url("/2"))
        let results = try await send([.get(server.url("/1")), delete, .get(server.url("/3")), .get(server.url("/4"))])
        #expect(
            results[1].failure
                == .inDoubt(
                    reason:
                        "127.0.0.1:\(server.port): the kept-alive connection broke; the request was not repeated (curl 42)"
                )
        )
        #expect(results.map(\.status) == [200, nil, 200, nil])
        let all = server.received.joined()
        #expect(all.components(separatedBy: "DELETE /2").count == 2)
        #expect(all.components(separatedBy: "GET /4").count == 2)
        server.stop()
    }

    @Test("when the server is gone after it read the POST, that is in doubt and not a refused connection")
    func goneForGood() async throws {
        let server = ScriptedServer([
            [.readRequest, .send(okReply), .readHead, .closeListener]
        ])
        let results = try await send([.post(server.url("/1")), .post(server.url("/2"), body: "")])
        #expect(results[0].status == 200)
        guard case .inDoubt = results[1].failure else {
            Issue.record("\(results[1])")
            return
        }
    }

    @Test("a connection that was closed before the next request is replaced, and the request is sent once")
    func idleClose() async throws {
        let server = ScriptedServer([
            [.readRequest, .send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")],
            [.readRequest, .send(okReply)],
        ])
        let results = try await send([.post(server.url("/1")), .post(server.url("/2"))])
        #expect(results.map(\.status) == [200, 200])
        #expect(server.received.count == 2)
        server.stop()
    }
}
