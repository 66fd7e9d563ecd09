import Dispatch
import Glibc
import Synchronization
import TestSockets

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
        /// Leaves the connection open, and goes on with the next one.
        case leaveOpen
        /// Closes the server's side for sending only.
        case finishSending
        /// Closes the server's side for reading only.
        case stopReading
        /// Stops listening: the next connection is refused.
        case closeListener
        /// Tells the test that the script has come this far.
        case signal(DispatchSemaphore)
        /// Waits for the test.
        case wait(DispatchSemaphore)
    }

    private struct State {
        var received: [[UInt8]] = []
        var bytesSent = 0
        var leftOpen: [ServerConnection] = []
    }

    private let listener: ListeningSocket
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "scripted server")

    /// Listens at once, on a free port. Each connection, in the order of arrival, gets its script and is closed at the end.
    init(_ connections: [[Action]]) {
        listener = ListeningSocket(backlog: 16)
        queue.async { [self] in
            for script in connections {
                guard let connection = accept() else { return }
                perform(script, on: connection)
            }
            while accept() != nil {}
        }
    }

    /// Ends the server: waiting for a connection fails. Call it when the last client has what it came for.
    func stop() {
        listener.stop()
        state.withLock { $0.leftOpen = [] }
    }

    var port: UInt16 { listener.port }

    private func accept() -> ServerConnection? {
        // Connections do not outlive the loop that serves them, and that loop holds the server.
        let connection = listener.accept { [unowned self] bytes in
            state.withLock { $0.received[$0.received.count - 1] += bytes }
        }
        if connection != nil { state.withLock { $0.received.append([]) } }
        return connection
    }

    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// What came in, one entry per connection.
    var received: [String] {
        state.withLock { $0.received.map { String(decoding: $0, as: UTF8.self) } }
    }

    /// All bytes that were sent, accepted by the kernel at least.
    var bytesSent: Int { state.withLock { $0.bytesSent } }

    /// A port that refuses connections until the process ends. One that is only free would soon be the port of the next
    /// server, which then got this test's connection.
    static func refusingPort() -> UInt16 {
        Unmanaged.passRetained(ListeningSocket(backlog: nil)).takeUnretainedValue().port
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

    private func perform(_ script: [Action], on connection: ServerConnection) {
        let count: (Int) -> Void = { sent in self.state.withLock { $0.bytesSent += sent } }
        for action in script {
            switch action {
            case .readRequest: _ = connection.readRequest()
            case .readHead: _ = connection.readHead()
            case .send(let text): connection.send(Array(text.utf8), counting: count)
            case .sendBytes(let bytes): connection.send(bytes, counting: count)
            case .sendForever(let bytes):
                while connection.send(bytes, counting: count) {}
            case .awaitClose: connection.awaitClose()
            case .leaveOpen: state.withLock { $0.leftOpen.append(connection) }
            case .finishSending: connection.finishSending()
            case .stopReading: connection.stopReading()
            case .reset: connection.resetWhenClosed()
            case .closeListener: listener.stop()
            case .signal(let event): event.signal()
            case .wait(let event): event.wait()
            }
        }
    }
}
