import Foundation
import HTTPTransport
import Testing

@Suite("Whom a connection over TLS trusts", .serialized)
struct TLSTests {
    @Test("a certificate whose root nobody trusts is refused, and accepted with its root")
    func ownRoot() async throws {
        let server = try TLSServer(.good)
        let request = HTTPRequest.get("https://localhost:\(server.port)/")
        #expect(
            try await failure(request)
                == .certificate(
                    reason: "localhost:\(server.port): the certificate is not signed by a trusted root; "
                        + "add its root to the trusted ones (curl 60)"
                )
        )
        #expect(try await send(request, .direct(caFile: server.rootFile)).status == 200)
    }

    @Test("a new connection to the same server resumes the session", arguments: ["-tls1_2", "-tls1_3"])
    func resumed(version: String) async throws {
        let server = try TLSServer(.good, options: version)
        // The server closes each connection after its page, which says how it came about.
        let page = HTTPRequest.get("https://localhost:\(server.port)/")
        let replies = try await send([page, page, page], .direct(caFile: server.rootFile))
        let pages = try replies.map { String(decoding: try $0.get().body, as: UTF8.self) }
        #expect(pages.map { $0.contains("\nReused, ") } == [false, true, true])
    }

    @Test("a certificate for another host is refused")
    func otherName() async throws {
        let server = try TLSServer(.otherName)
        let error = try await failure(.get("https://localhost:\(server.port)/"), .direct(caFile: server.rootFile))
        #expect(
            error
                == .certificate(
                    reason: "localhost:\(server.port): the certificate does not name this host (curl 60)"
                )
        )
    }

    @Test("an expired certificate is refused")
    func expired() async throws {
        let server = try TLSServer(.expired)
        #expect(
            try await failure(.get("https://localhost:\(server.port)/"), .direct(caFile: server.rootFile))
                == .certificate(reason: "localhost:\(server.port): the certificate has expired (curl 60)")
        )
    }

    @Test("TLS 1.2 is spoken, 1.1 is not")
    func versions() async throws {
        let modern = try TLSServer(.good, options: "-tls1_2")
        #expect(
            try await send(.get("https://localhost:\(modern.port)/"), .direct(caFile: modern.rootFile)).status == 200
        )
        let old = try TLSServer(.good, options: "-tls1_1 -cipher DEFAULT:@SECLEVEL=0")
        #expect(
            try await failure(.get("https://localhost:\(old.port)/"), .direct(caFile: old.rootFile))
                == .neverSent(reason: "localhost:\(old.port): the TLS handshake failed (curl 35)")
        )
    }

    @Test("a server that speaks no TLS never gets the request")
    func plainServer() async throws {
        let server = ScriptedServer([[.send("220 mail.example\r\n"), .awaitClose]])
        #expect(
            try await failure(.post("https://127.0.0.1:\(server.port)/secret"))
                == .neverSent(reason: "127.0.0.1:\(server.port): the TLS handshake failed (curl 35)")
        )
        #expect(!server.received[0].contains("secret"))
        server.stop()
    }
}
