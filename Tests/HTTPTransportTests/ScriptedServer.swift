import Dispatch
import Glibc
import Synchronization

/// A server on 127.0.0.1 that does with each connection what its script says, byte by byte, and notes what it received.
///
/// Connections are served one after the other, on a thread of its own; a connection beyond the script is closed at once
/// and counted, so that a request too many shows.
final class ScriptedServer: Sendable {
    enum Action: Sendable {
        /// Reads one request: its head, and as much body as `Content-Length` says.
        case readRequest
        /// Reads the head only, up to the blank line.
        case readHead
        case send(String)
        case sendBytes([UInt8])
        /// Sends these bytes until the client has had enough.
        case sendForever([UInt8])
        /// Waits until the client closes the connection.
        case awaitClose
        /// Ends the connection with RST instead of FIN.
        case reset
        /// Stops listening: the next connection is refused.
        case closeListener
    }

    private struct State {
        var received: [[UInt8]] = []
        var bytesSent = 0
    }

    let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "scripted server")

    /// Listens at once, on a free port. Each connection, in the order of arrival, gets its script and is closed at the end.
    init(_ connections: [[Action]], backlog: Int32 = 16) {
        (listener, port) = Self.listen(backlog: backlog)
        let listener = listener
        queue.async { [self] in
            for script in connections {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                state.withLock { $0.received.append([]) }
                perform(script, on: connection)
                close(connection)
            }
            while case let extra = accept(listener, nil, nil), extra >= 0 {
                state.withLock { $0.received.append([]) }
                close(extra)
            }
        }
    }

    /// Ends the server: a waiting `accept` fails. Call it when the last client has what it came for.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// What came in, one entry per connection.
    var received: [String] {
        state.withLock { $0.received.map { String(decoding: $0, as: UTF8.self) } }
    }

    /// All bytes that were sent, accepted by the kernel at least.
    var bytesSent: Int { state.withLock { $0.bytesSent } }

    /// A listening socket on 127.0.0.1 with a port of the system's choice.
    static func listen(backlog: Int32) -> (socket: Int32, port: UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                precondition(bind(listener, generic, length) == 0, "no free port")
                precondition(Glibc.listen(listener, backlog) == 0, "cannot listen")
                precondition(getsockname(listener, generic, &length) == 0, "the port is unknown")
            }
        }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    /// A port on which nobody listens: it was free a moment ago.
    static func unusedPort() -> UInt16 {
        let (listener, port) = listen(backlog: 1)
        close(listener)
        return port
    }

    /// Connects to a listener that accepts nothing, until the system lets no further connection through.
    ///
    /// - Returns: the sockets, to be closed by the caller; the last one is still waiting.
    static func fillBacklog(port: UInt16) -> [Int32] {
        var sockets: [Int32] = []
        while true {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            sockets.append(client)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            address.sin_port = port.bigEndian
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    _ = connect(client, generic, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            // On loopback a connection is writable at once, or its SYN was dropped because the queue is full.
            var state = pollfd(fd: client, events: Int16(POLLOUT), revents: 0)
            if poll(&state, 1, 0) == 0 { return sockets }
        }
    }

    private func perform(_ script: [Action], on connection: Int32) {
        for action in script {
            switch action {
            case .readRequest: readRequest(connection, withBody: true)
            case .readHead: readRequest(connection, withBody: false)
            case .send(let text): _ = send(Array(text.utf8), to: connection)
            case .sendBytes(let bytes): _ = send(bytes, to: connection)
            case .sendForever(let bytes):
                while send(bytes, to: connection) {}
            case .awaitClose:
                while !receive(connection, atMost: 4_096).isEmpty {}
            case .reset:
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(
                    connection,
                    SOL_SOCKET,
                    SO_LINGER,
                    &linger,
                    socklen_t(MemoryLayout<Glibc.linger>.size)
                )
            case .closeListener:
                shutdown(listener, Int32(SHUT_RDWR))
            }
        }
    }

    private func readRequest(_ connection: Int32, withBody: Bool) {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let byte = receive(connection, atMost: 1)
            if byte.isEmpty { return }
            head += byte
        }
        guard withBody else { return }
        let lines = String(decoding: head, as: UTF8.self).lowercased().split(separator: "\r\n")
        let length = lines.first { $0.hasPrefix("content-length:") }?.split(separator: " ").last.flatMap { Int($0) }
        var missing = length ?? 0
        while missing > 0 {
            let part = receive(connection, atMost: missing)
            if part.isEmpty { return }
            missing -= part.count
        }
    }

    /// - Returns: no bytes when the client has closed its side.
    private func receive(_ connection: Int32, atMost count: Int) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let received = max(recv(connection, &buffer, count, 0), 0)
        buffer.removeLast(count - received)
        state.withLock { state in
            state.received[state.received.count - 1] += buffer
        }
        return buffer
    }

    /// - Returns: whether the client still listens.
    private func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest.removeFirst(count)
            state.withLock { $0.bytesSent += count }
        }
        return true
    }
}
