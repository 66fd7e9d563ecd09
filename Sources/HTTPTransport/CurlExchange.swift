import CLibCurl

/// One request and its reply, as libcurl's callbacks see them: collects the answer, and is the witness of whether the
/// request may have left.
///
/// Callbacks run inside `curl_easy_perform`, on the thread of the caller.
struct CurlExchange {
    /// Why a callback broke the transfer off.
    enum Refusal: Equatable {
        /// libcurl was about to send a second time what may be sent once.
        case repetition
        /// The request was no longer to be sent when its connection stood.
        case heldBack
        case headerTooLong
        case bodyTooLong
    }

    private let maxBodyBytes: Int
    private let maxHeaderBytes: Int
    private let mayLeave: () -> Bool

    private var hasStarted = false
    private var headerBytesSeen = 0

    /// Whether the blank line after ``header`` has come. libcurl calls it a success when a connection closes before that.
    private(set) var headerIsComplete = false
    /// The status line and fields of the latest reply; interim replies are overwritten.
    private(set) var header: [UInt8] = []
    private(set) var body: [UInt8] = []
    private(set) var refusal: Refusal?

    init(maxBodyBytes: Int, maxHeaderBytes: Int, mayLeave: @escaping () -> Bool) {
        self.maxBodyBytes = maxBodyBytes
        self.maxHeaderBytes = maxHeaderBytes
        self.mayLeave = mayLeave
    }

    /// Whether a byte of the request may have reached the network; once true it stays so for this request.
    ///
    /// libcurl calls before each request it sends, after name look-up, connection, proxy tunnel and TLS handshake. The
    /// other can only happen later and stands guard over that.
    var requestMayHaveLeft: Bool { hasStarted || headerBytesSeen > 0 }

    /// libcurl is about to send the request, for the first time or again after a kept-alive connection died before the
    /// first byte of the reply, which it would do without a word. Again it may not: a POST may have been carried out, and
    /// the caller counts even the GETs, and paces them.
    ///
    /// - Returns: whether it may.
    fileprivate mutating func startRequest() -> Bool {
        guard !hasStarted else {
            refusal = .repetition
            return false
        }
        guard mayLeave() else {
            refusal = .heldBack
            return false
        }
        hasStarted = true
        return true
    }

    /// Takes one line of a header or trailer.
    ///
    /// - Returns: `false` to give the reply up.
    fileprivate mutating func takeHeaderLine(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytesSeen += line.count
        guard headerBytesSeen <= maxHeaderBytes else {
            refusal = .headerTooLong
            return false
        }
        if headerIsComplete {
            guard isInterim else { return true }  // a trailer after the body: nobody asked for one
            header = []
            headerIsComplete = false
        }
        // Room for most headers, and with the array's own 32 bytes within what malloc has at hand (glibc: 1,032 bytes).
        if header.isEmpty { header.reserveCapacity(960) }
        unsafe header.append(contentsOf: line)
        headerIsComplete = unsafe line.allSatisfy { $0 == 0x0D || $0 == 0x0A }
        return true
    }

    /// Takes a part of the reply's body.
    ///
    /// - Returns: `false` when that is enough.
    fileprivate mutating func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let room = maxBodyBytes - body.count
        if body.isEmpty { body.reserveCapacity(min(room, bytes.count)) }  // most replies come at once
        unsafe body.append(contentsOf: bytes.prefix(room))
        guard bytes.count <= room else {
            refusal = .bodyTooLong
            return false
        }
        return true
    }

    /// Whether the header at hand is that of a 1xx reply: `HTTP/1.1 103 Early Hints`.
    private var isInterim: Bool {
        guard let space = header.firstIndex(of: 0x20), space + 1 < header.count else { return false }
        return header[space + 1] == UInt8(ascii: "1")
    }
}

func onRequestStart(
    _ context: UnsafeMutableRawPointer?,
    _: UnsafeMutablePointer<CChar>?,
    _: UnsafeMutablePointer<CChar>?,
    _: Int32,
    _: Int32
) -> Int32 {
    unsafe exchange(context).pointee.startRequest() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

func onHeader(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe exchange(context).pointee.takeHeaderLine(line) ? line.count : refused
}

func onBody(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    let part = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe exchange(context).pointee.takeBody(part) ? part.count : refused
}

/// Any count but the given one ends the transfer, also when zero bytes were given.
private let refused = -1

private func exchange(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<CurlExchange> {
    guard let context = unsafe context else { preconditionFailure("libcurl called back without its context") }
    return unsafe context.assumingMemoryBound(to: CurlExchange.self)
}
