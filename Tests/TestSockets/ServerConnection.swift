import Glibc

/// The server's end of one TCP connection, for tests that decide about each byte. All calls block.
///
/// It is closed with its last reference.
package final class ServerConnection: Sendable {
    private let descriptor: Int32
    private let note: @Sendable ([UInt8]) -> Void

    /// - Parameters:
    ///   - descriptor: a connected socket, owned from now on.
    ///   - note: gets all bytes that are received, as they come.
    init(_ descriptor: Int32, noting note: @escaping @Sendable ([UInt8]) -> Void) {
        self.descriptor = descriptor
        self.note = note
    }

    deinit {
        close(descriptor)
    }

    /// Reads the head of one HTTP request, up to the blank line.
    ///
    /// - Returns: nil when the client has closed its side before.
    package func readHead() -> String? {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let byte = receive(atMost: 1)
            if byte.isEmpty { return nil }
            head += byte
        }
        return String(decoding: head, as: UTF8.self)
    }

    /// Reads one HTTP request: its head, and as much body as `Content-Length` says.
    ///
    /// - Returns: nil when the client has closed its side before.
    package func readRequest() -> (head: String, body: [UInt8])? {
        guard let head = readHead() else { return nil }
        let lines = head.lowercased().split(separator: "\r\n")
        let length = lines.first { $0.hasPrefix("content-length:") }?.split(separator: " ").last.flatMap { Int($0) }
        var body: [UInt8] = []
        while body.count < length ?? 0 {
            let part = receive(atMost: (length ?? 0) - body.count)
            if part.isEmpty { return nil }
            body += part
        }
        return (head, body)
    }

    /// Waits until the client has closed its side; what it still sends is read.
    package func awaitClose() {
        while !receive(atMost: 4_096).isEmpty {}
    }

    /// Sends all of it.
    ///
    /// - Parameters:
    ///   - bytes: may be none.
    ///   - count: gets the number of bytes that the system has taken, each time it takes some.
    /// - Returns: whether the client still listens.
    @discardableResult
    package func send(_ bytes: [UInt8], counting count: (Int) -> Void = { _ in }) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest.removeFirst(sent)
            count(sent)
        }
        return true
    }

    /// Sends FIN, and goes on reading.
    package func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Reads nothing more, and goes on sending.
    package func stopReading() {
        shutdown(descriptor, Int32(SHUT_RD))
    }

    /// Lets the connection end with RST instead of FIN.
    package func resetWhenClosed() {
        var noTime = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &noTime, socklen_t(MemoryLayout<linger>.size))
    }

    /// - Returns: no bytes when the client has closed its side.
    private func receive(atMost count: Int) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let received = max(recv(descriptor, &buffer, count, 0), 0)
        buffer.removeLast(count - received)
        note(buffer)
        return buffer
    }
}
