import CLibCurl

/// One request and its reply, as libcurl's callbacks see them: gives the body, collects the answer, and is the witness
/// of whether the request may have left.
///
/// Callbacks run inside `curl_easy_perform`, on the thread of the caller.
final class CurlExchange {
    /// Why a callback broke the transfer off.
    enum Refusal: Equatable {
        /// libcurl was about to send a second time what may be sent once.
        case repetition
        case headerTooLong
        case bodyTooLong
    }

    private let maxBodyBytes: Int
    private let maxHeaderBytes: Int

    private var requestBody: [UInt8] = []
    private var bodyBytesGiven = 0
    private var requestsStarted = 0
    private var headerBytesSeen = 0

    /// Whether the blank line after ``header`` has come. libcurl calls it a success when a connection closes before that.
    private(set) var headerIsComplete = false
    /// The status line and fields of the latest reply; interim replies are overwritten.
    private(set) var header: [UInt8] = []
    private(set) var body: [UInt8] = []
    private(set) var refusal: Refusal?

    init(maxBodyBytes: Int, maxHeaderBytes: Int) {
        self.maxBodyBytes = maxBodyBytes
        self.maxHeaderBytes = maxHeaderBytes
    }

    /// Whether a byte of the request may have reached the network; once true it stays so for this request.
    ///
    /// libcurl calls before each request it sends, after name look-up, connection, proxy tunnel and TLS handshake. The
    /// other two can only happen later and stand guard over that.
    var requestMayHaveLeft: Bool { requestsStarted > 0 || bodyBytesGiven > 0 || headerBytesSeen > 0 }

    func begin(_ request: HTTPRequest) {
        requestBody = request.body ?? []
        bodyBytesGiven = 0
        requestsStarted = 0
        headerBytesSeen = 0
        headerIsComplete = false
        header = []
        body = []
        refusal = nil
    }

    /// Lets go of the request's and the reply's bytes.
    func end() {
        requestBody = []
        header = []
        body = []
    }

    /// libcurl is about to send the request, for the first time or again after a connection died. Again it may not, not
    /// even a GET: the caller counts requests, and paces them.
    ///
    /// - Returns: whether it may.
    fileprivate func startRequest() -> Bool {
        guard requestsStarted == 0 else {
            refusal = .repetition
            return false
        }
        requestsStarted += 1
        return true
    }

    /// Copies the next part of the request's body.
    fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, requestBody.count - bodyBytesGiven)
        unsafe requestBody.withUnsafeBytes { bytes in
            unsafe buffer.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[bodyBytesGiven..<bodyBytesGiven + count])
            )
        }
        bodyBytesGiven += count
        return count
    }

    /// Takes one line of a header or trailer.
    ///
    /// - Returns: `false` to give the reply up.
    fileprivate func takeHeaderLine(_ line: UnsafeRawBufferPointer) -> Bool {
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
        if header.isEmpty { header.reserveCapacity(1_024) }
        unsafe header.append(contentsOf: line)
        headerIsComplete = unsafe line.allSatisfy { $0 == 0x0D || $0 == 0x0A }
        return true
    }

    /// Takes a part of the reply's body.
    ///
    /// - Returns: `false` when that is enough.
    fileprivate func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let room = maxBodyBytes - body.count
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
    unsafe exchange(context).startRequest() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

func onRead(
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    unsafe exchange(context).read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
}

/// Refuses to go back to the body's beginning: what has been sent once is not sent again behind the caller's back.
func onSeek(_: UnsafeMutableRawPointer?, _: curl_off_t, _: Int32) -> Int32 {
    CURL_SEEKFUNC_FAIL
}

func onHeader(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe exchange(context).takeHeaderLine(line) ? line.count : refused
}

func onBody(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    let part = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe exchange(context).takeBody(part) ? part.count : refused
}

/// Any count but the given one ends the transfer, also when zero bytes were given.
private let refused = -1

private func exchange(_ context: UnsafeMutableRawPointer?) -> CurlExchange {
    guard let context = unsafe context else { preconditionFailure("libcurl called back without its context") }
    return unsafe Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
}
