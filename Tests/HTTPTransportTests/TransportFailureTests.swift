import Glibc
import HTTPTransport
import TestSockets
import Testing

@Suite("Failures from which it is certain that nothing was sent")
struct NeverSentTests {
    @Test("a name that does not exist")
    func unknownName() async throws {
        #expect(
            try await failure(.post("http://no-such-host.invalid/users?x=1"))
                == .neverSent(reason: "no-such-host.invalid:80: the name could not be looked up (curl 6)")
        )
    }

    @Test("a connection that is refused")
    func refused() async throws {
        let port = ScriptedServer.refusingPort()
        #expect(
            try await failure(.post("http://127.0.0.1:\(port)/"))
                == .neverSent(reason: "127.0.0.1:\(port): could not connect (curl 7)")
        )
    }

    @Test("a connection that does not come about in time")
    func connectTimeout() async throws {
        let listener = ListeningSocket(backlog: 0)
        defer { listener.stop() }
        let port = listener.port
        let waiting = ScriptedServer.fillBacklog(port: port)
        defer { waiting.forEach { close($0) } }
        #expect(
            try await failure(.post("http://127.0.0.1:\(port)/"), .direct(connectTimeout: .milliseconds(50)))
                == .neverSent(reason: "127.0.0.1:\(port): no connection in time (curl 28)")
        )
        #expect(
            try await failure(.post("http://127.0.0.1:\(port)/", timeout: .milliseconds(50)))
                == .neverSent(reason: "127.0.0.1:\(port): no connection in time (curl 28)")
        )
    }

    @Test("a TLS handshake that does not end in time, or breaks off")
    func handshake() async throws {
        let server = ScriptedServer([[.awaitClose], []])
        let url = "https://127.0.0.1:\(server.port)/"
        #expect(
            try await failure(.post(url, timeout: .milliseconds(100)))
                == .neverSent(reason: "127.0.0.1:\(server.port): no connection in time (curl 28)")
        )
        #expect(
            try await failure(.post(url))
                == .neverSent(reason: "127.0.0.1:\(server.port): the TLS handshake failed (curl 35)")
        )
        server.stop()
    }

    @Test("a proxy that is not there")
    func noProxy() async throws {
        let port = ScriptedServer.refusingPort()
        let configuration = try CurlConfiguration(proxy: "http://u:secret@127.0.0.1:\(port)", userAgent: "x")
        #expect(
            try await failure(.post("https://api.invalid/"), configuration)
                == .neverSent(reason: "api.invalid:443: could not connect, through the proxy (curl 7)")
        )
        let unknown = try CurlConfiguration(proxy: "http://proxy.invalid:3128", userAgent: "x")
        #expect(
            try await failure(.post("https://api.invalid/"), unknown)
                == .neverSent(
                    reason: "api.invalid:443: the proxy's name could not be looked up, through the proxy (curl 5)"
                )
        )
    }

    @Test("a proxy that wants a password, closes, or talks nonsense, and never sees the credential")
    func refusingProxy() async throws {
        let server = ScriptedServer([
            [.readRequest, .send("HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")],
            [.readRequest],
            [.readRequest, .send("SSH-2.0-OpenSSH\r\n\r\n")],
            [.readRequest, .awaitClose],
        ])
        let configuration = try CurlConfiguration(proxy: "http://127.0.0.1:\(server.port)", userAgent: "x")
        let request = HTTPRequest.post("https://api.invalid/secret-path")
        #expect(
            try await failure(request, configuration)
                == .neverSent(
                    reason:
                        "api.invalid:443: the proxy answered 407 to CONNECT, which asks for a user and a password in the "
                        + "proxy's URL (curl 56)"
                )
        )
        for _ in 0..<2 {
            guard case .neverSent = try await failure(request, configuration) else {
                Issue.record("a proxy's refusal is not a doubt")
                return
            }
        }
        var hasty = request
        hasty.timeout = .milliseconds(100)
        #expect(
            try await failure(hasty, configuration)
                == .neverSent(reason: "api.invalid:443: no connection in time, through the proxy (curl 28)")
        )
        #expect(server.received.count == 4)
        for received in server.received {
            #expect(received.hasPrefix("CONNECT api.invalid:443 HTTP/1.1\r\n"))
            #expect(!received.contains("secret"))
        }
        server.stop()
    }

    @Test("an address that cannot be")
    func badAddress() async throws {
        #expect(
            try await failure(.get("ftp://127.0.0.1/"))
                == .neverSent(reason: "127.0.0.1:80: the address is neither http nor https (curl 1)")
        )
        #expect(
            try await failure(.get("http://"))
                == .neverSent(reason: ":80: the address is malformed (curl 3)")
        )
        #expect(
            try await failure(.get("http://user:secret@127.0.0.1:9/"))
                == .neverSent(
                    reason: "127.0.0.1:9: the address holds a user name, which is not allowed (curl 67)"
                )
        )
    }
}

@Suite("Failures after which the request may have been carried out")
struct InDoubtTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let script: [ScriptedServer.Action]
        let reason: String
    }

    @Test(
        arguments: [
            Case(
                testDescription: "closed without a reply",
                script: [.readRequest],
                reason: "closed without a reply (curl 52)"
            ),
            Case(
                testDescription: "reset without a reply",
                script: [.readRequest, .reset],
                reason: "the connection was lost before the reply was complete (curl 56)"
            ),
            Case(
                testDescription: "closed in the middle of the header",
                script: [.readRequest, .send("HTTP/1.1 200 OK\r\nContent-Le")],
                reason: "the reply broke off in its header (curl 0)"
            ),
            Case(
                testDescription: "closed after a complete header line",
                script: [.readRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n")],
                reason: "the reply broke off in its header (curl 0)"
            ),
            Case(
                testDescription: "a body that is shorter than announced",
                script: [.readRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")],
                reason: "the reply broke off (curl 18)"
            ),
            Case(
                testDescription: "reset in the middle of the body",
                script: [
                    .readRequest, .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"), .reset,
                ],
                reason: "the connection was lost before the reply was complete (curl 56)"
            ),
            Case(
                testDescription: "chunks without the last one",
                script: [.readRequest, .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n")],
                reason: "the reply broke off (curl 18)"
            ),
            Case(
                testDescription: "chunks that are none",
                script: [
                    .readRequest, .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nwhat\r\n"), .awaitClose,
                ],
                reason: "the connection was lost before the reply was complete (curl 56)"
            ),
            Case(
                testDescription: "another protocol",
                script: [.readRequest, .send("SSH-2.0-OpenSSH_9.2\r\n"), .awaitClose],
                reason: "the answer is no HTTP (curl 1)"
            ),
            Case(
                testDescription: "an interim reply and no final one",
                script: [.readRequest, .send("HTTP/1.1 100 Continue\r\n\r\n")],
                reason: "closed without a reply (curl 52)"
            ),
            Case(
                testDescription: "an endless header of many lines",
                script: [
                    .readRequest, .send("HTTP/1.1 200 OK\r\n"), .sendForever(Array("X-Filler: 0123456789\r\n".utf8)),
                ],
                reason: "the reply's header is too long (curl 23)"
            ),
            Case(
                testDescription: "an endless header of one line",
                script: [.readRequest, .send("HTTP/1.1 200 OK\r\nX: "), .sendForever(Array("0123456789".utf8))],
                reason: "a header line of the reply is too long (curl 27)"
            ),
            Case(
                testDescription: "interim replies without end",
                script: [.readRequest, .sendForever(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))],
                reason: "the reply's header is too long (curl 23)"
            ),
            Case(
                testDescription: "a length that is none",
                script: [.readRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n12345"), .awaitClose],
                reason: "the answer is no HTTP (curl 8)"
            ),
            Case(
                testDescription: "an unknown compression",
                script: [
                    .readRequest, .send("HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\nContent-Length: 1\r\n\r\nx"),
                    .awaitClose,
                ],
                reason: "the reply's compressed body is damaged (curl 61)"
            ),
        ]
    )
    func doubt(failing: Case) async throws {
        let server = ScriptedServer([failing.script, [.readRequest, .send(okReply)]])
        let error = try await failure(.post(server.url("/users?filter=secret")))
        #expect(error == .inDoubt(reason: "127.0.0.1:\(server.port): \(failing.reason)"))
        #expect(server.received.count == 1)
        server.stop()
    }

    @Test("no reply in time, or a reply that stops half way")
    func timeout() async throws {
        let server = ScriptedServer([
            [.readRequest, .awaitClose],
            [.readRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"), .awaitClose],
        ])
        for _ in 0..<2 {
            #expect(
                try await failure(.post(server.url(), timeout: .milliseconds(200)))
                    == .inDoubt(reason: "127.0.0.1:\(server.port): no complete reply in time (curl 28)")
            )
        }
        server.stop()
    }

    @Test("a request that may not leave any more when its connection stands is not sent, and the next one is")
    func heldBack() async throws {
        let server = ScriptedServer([
            [.readRequest, .send(okReply), .awaitClose],
            [.readRequest, .send(okReply)],
        ])
        let results = try await send((0...2).map { .post(server.url("/\($0)")) }, ifStill: { $0 != 1 })
        #expect(results.map(\.status) == [200, nil, 200])
        #expect(
            results[1].failure == .neverSent(reason: "127.0.0.1:\(server.port): the request was held back (curl 42)")
        )
        #expect(server.received.map { $0.prefix { $0 != "\r\n" } } == ["POST /0 HTTP/1.1", "POST /2 HTTP/1.1"])
        server.stop()
    }

    @Test("after any failure the same transport goes on with the next request")
    func goesOn() async throws {
        let server = ScriptedServer([
            [.readRequest],
            [.readRequest, .send(okReply)],
        ])
        let results = try await send([.post(server.url()), .post(server.url())])
        #expect(results.map(\.status) == [nil, 200])
        server.stop()
    }
}
