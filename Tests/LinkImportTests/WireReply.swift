import HTTPTransport
import TestSockets

/// What a client gets to see of a reply, byte by byte.
struct WireReply: Sendable {
    enum Ending {
        /// The connection stays open for the next request.
        case open
        case closed
        case reset
        /// FIN, while the server goes on reading.
        case halfClosed
    }

    var bytes: [UInt8] = []
    /// Sent after the others, again and again, until the client has had enough.
    var endless: [UInt8] = []
    /// Whether nothing is sent before the client has given up.
    var comesTooLate = false
    var ending = Ending.open
    /// Called when all is sent.
    var afterwards: @Sendable () -> Void = {}

    /// - Returns: whether the connection is good for another request.
    func send(to connection: ServerConnection) -> Bool {
        if comesTooLate { connection.awaitClose() }
        connection.send(bytes)
        if !endless.isEmpty {
            while connection.send(endless) {}
        }
        switch ending {
        case .open, .closed: break
        case .reset: connection.resetWhenClosed()
        case .halfClosed: connection.finishSending()
        }
        afterwards()
        if ending == .halfClosed { connection.awaitClose() }
        return ending == .open && endless.isEmpty && !comesTooLate
    }
}

extension WireReply {
    /// A reply with a length. `headers`: lines, without those that name the length.
    static func http(
        _ status: Int,
        _ headers: String...,
        body: [UInt8] = [],
        version: String = "1.1",
        then ending: Ending = .open
    ) -> WireReply {
        let lines = ["HTTP/\(version) \(status) Whatever"] + headers + ["Content-Length: \(body.count)"]
        return .head(lines, body, then: ending)
    }

    /// These lines, a blank one, and the bytes.
    static func head(_ lines: [String], _ bytes: [UInt8] = [], then ending: Ending = .open) -> WireReply {
        WireReply(bytes: Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + bytes, ending: ending)
    }

    /// The simulator's reply as it was.
    static func asItWas(_ response: HTTPResponse) -> WireReply {
        .http(response.status, "Content-Type: application/json", body: response.body)
    }
}
