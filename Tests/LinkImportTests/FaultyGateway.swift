import Foundation
import HTTPTransport
import TestSockets

@testable import PingOneClient

/// A gateway on 127.0.0.1 between an import and its simulator, with real sockets on both sides. It hands requests on and
/// replies back, unless a test has something else in mind.
final class FaultyGateway: Sendable {
    /// What the client gets to see.
    ///
    /// - Parameters:
    ///   - mark: the value of the request's header ``mark``, by which the client's side tells requests apart.
    ///   - forward: hands the request on, and returns what the simulator has answered.
    typealias Decision = @Sendable (_ mark: String?, _ forward: () throws -> HTTPResponse) throws -> WireReply

    static let mark = "X-Gateway-Mark"

    private let listener = ListeningSocket()
    private let upstream: String
    private let decide: Decision

    /// - Parameters:
    ///   - upstream: `http://host:port`.
    ///   - decide: called on a thread of the request's connection; it may block.
    init(to upstream: String, deciding decide: @escaping Decision) {
        self.upstream = upstream
        self.decide = decide
        Thread.detachNewThread { [self] in
            while let connection = listener.accept() {
                Thread.detachNewThread { self.serve(connection) }
            }
        }
    }

    /// `http://127.0.0.1:port`
    var url: String { "http://127.0.0.1:\(listener.port)" }

    /// Accepts nothing more; a connection ends with its client.
    func stop() {
        listener.stop()
    }

    /// A client whose request cannot be handed on is left without a reply.
    private func serve(_ connection: ServerConnection) {
        do {
            let transport = try CurlTransport(CurlConfiguration(proxy: "", userAgent: "gateway"))
            while let (head, body) = connection.readRequest() {
                let (request, mark) = request(head, body)
                let reply = try decide(mark) { try transport.send(request) }
                guard reply.send(to: connection) else { return }
            }
        } catch {}
    }

    private func request(_ head: String, _ body: [UInt8]) -> (HTTPRequest, mark: String?) {
        let lines = head.split(separator: "\r\n").map(String.init)
        let words = lines[0].split(separator: " ").map(String.init)
        let headers = lines.dropFirst().compactMap { line in
            line.firstRange(of: ": ").map {
                HTTPHeader(name: String(line[..<$0.lowerBound]), value: String(line[$0.upperBound...]))
            }
        }
        let method = HTTPRequest.Method(rawValue: words[0]) ?? .get
        let request = HTTPRequest(
            method: method,
            url: upstream + words[1],
            headers: headers.filter { ["authorization", "content-type"].contains($0.name.lowercased()) },
            body: method.carriesBody ? body : nil
        )
        return (request, headers.first { $0.name == Self.mark }?.value)
    }
}
