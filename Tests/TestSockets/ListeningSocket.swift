import Glibc

/// A socket on 127.0.0.1 that listens, on a port of the system's choice. Any thread may use it.
package final class ListeningSocket: Sendable {
    package let port: UInt16
    private let descriptor: Int32

    /// Listens from now on.
    ///
    /// - Parameter backlog: how many connections may wait to be accepted; nil refuses them all, and still keeps the port
    ///   from everybody else.
    package init(backlog: Int32? = 64) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { [descriptor] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                precondition(bind(descriptor, generic, length) == 0, "no free port")
                if let backlog { precondition(listen(descriptor, backlog) == 0, "cannot listen") }
                precondition(getsockname(descriptor, generic, &length) == 0, "the port is unknown")
            }
        }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        stop()
        close(descriptor)
    }

    /// Waits for the next connection; blocks.
    ///
    /// - Parameter note: see ``ServerConnection``.
    /// - Returns: nil when the socket was stopped.
    package func accept(noting note: @escaping @Sendable ([UInt8]) -> Void = { _ in }) -> ServerConnection? {
        let connection = Glibc.accept(descriptor, nil, nil)
        return connection < 0 ? nil : ServerConnection(connection, noting: note)
    }

    /// Ends the listening: a waiting ``accept(noting:)`` returns, and the next connection is refused.
    package func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }
}
