import Dispatch
import Glibc

/// A TCP connection to this machine that shows what is on the wire: bytes, ends and resets.
///
/// Reading blocks a queue of its own, never a task.
final class RawConnection: Sendable {
    /// What came back.
    enum Answer: Equatable, Sendable {
        /// A whole HTTP response.
        case response(RawResponse)
        /// The connection ended before the response was whole.
        case cutOff(received: [UInt8])
        /// The connection was reset; nothing can be said about what came before.
        case reset
        /// Nothing more came for five minutes: on a busy machine ten seconds are soon gone.
        case silence
    }

    struct Failure: Error {
        var call: String
        var code: Int32
    }

    private let socket: Int32
    private let queue = DispatchQueue(label: "RawConnection")

    init(port: Int) throws {
        socket = Self.makeSocket()
        guard socket >= 0 else { throw Failure(call: "socket", code: errno) }
        var timeout = timeval(tv_sec: 300, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(call: "connect", code: errno) }
    }

    deinit {
        close(socket)
    }

    private static func makeSocket() -> Int32 {
        Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    }

    /// Sends small requests only: it does not wait for room in the socket's buffer.
    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        let count = Self.sendBytes(socket, bytes)
        guard count == bytes.count else { throw Failure(call: "send", code: errno) }
    }

    private static func sendBytes(_ socket: Int32, _ bytes: [UInt8]) -> Int {
        Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Tells the other side that nothing more will be sent.
    func closeSendingSide() {
        shutdown(socket, Int32(SHUT_WR))
    }

    /// Waits for the next answer.
    func receive() async -> Answer {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.receiveBlocking()) }
        }
    }

    private func receiveBlocking() -> Answer {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let response = RawResponse(bytes) { return .response(response) }
            let count = recv(socket, &chunk, chunk.count, 0)
            if count > 0 {
                bytes += chunk[..<count]
            } else if count == 0 {
                return .cutOff(received: bytes)
            } else {
                return errno == ECONNRESET ? .reset : .silence
            }
        }
    }
}

/// An HTTP/1.1 response with its length in `Content-Length`.
struct RawResponse: Equatable, Sendable {
    var status: Int
    /// By name in lower case.
    var headers: [String: String]
    var body: String

    /// Nil as long as the response is not whole.
    init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        guard let first = lines.first?.split(separator: " "), first.count >= 2, let status = Int(first[1]) else {
            return nil
        }
        self.status = status
        headers = [:]
        for line in lines.dropFirst() {
            let halves = line.split(separator: ": ", maxSplits: 1)
            headers[halves[0].lowercased()] = halves.count == 2 ? String(halves[1]) : ""
        }
        body = String(text[end.upperBound...])
        guard body.utf8.count == Int(headers["content-length"] ?? "0") else { return nil }
    }
}
