import CLibCurl
import Glibc

/// The owner of one libcurl easy handle, with its connections. One thread at a time.
@safe final class CurlHandle {
    /// An option that libcurl refused: memory ran out, or this libcurl was built without it.
    struct OptionError: Error {
        let code: CURLcode
        let option: CURLoption
    }

    private let handle: UnsafeMutableRawPointer
    /// libcurl knows them by their address.
    private var roots: TrustedRoots?
    private var headerList = CurlHeaderList()

    init() throws(TransportConfigurationError) {
        try CurlLibrary.start()
        guard let handle = unsafe curl_easy_init() else { throw .library(reason: "no handle, memory has run out") }
        unsafe self.handle = handle
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
    }

    func set(_ option: CURLoption, _ value: Int) throws(OptionError) {
        try check(unsafe pinglink_curl_set_long(handle, option, value), option)
    }

    /// Sets a text, which libcurl copies, from this byte of it on; `nil` takes the option back.
    func set(_ option: CURLoption, _ value: String?, from start: Int = 0) throws(OptionError) {
        let code =
            unsafe value?.withCString { unsafe pinglink_curl_set_string(handle, option, $0 + start) }
            ?? pinglink_curl_set_string(handle, option, nil)
        try check(code, option)
    }

    /// Lets TLS connections, to servers and to proxies, trust these roots and no others.
    func set(roots: TrustedRoots) throws(OptionError) {
        self.roots = roots
        try unsafe set(CURLOPT_SSL_CTX_DATA, pointer: Unmanaged.passUnretained(roots).toOpaque())
        try check(unsafe pinglink_curl_set_tls_context(handle, onTLSContext), CURLOPT_SSL_CTX_FUNCTION)
        for option in [CURLOPT_CAINFO, CURLOPT_CAPATH, CURLOPT_PROXY_CAINFO, CURLOPT_PROXY_CAPATH] {
            try set(option, nil)
        }
    }

    /// Makes the request one with a body, which libcurl copies. Head and body then leave together, in one packet if they
    /// are small.
    func set(body: [UInt8]) throws(OptionError) {
        let code = unsafe body.withUnsafeBytes { bytes in
            unsafe pinglink_curl_set_body(handle, bytes.baseAddress, bytes.count)
        }
        try check(code, CURLOPT_COPYPOSTFIELDS)
    }

    /// Lets libcurl report each transfer to its exchange.
    func setCallbacks() throws(OptionError) {
        try check(unsafe pinglink_curl_set_prerequest(handle, onRequestStart), CURLOPT_PREREQFUNCTION)
        try check(unsafe pinglink_curl_set_write(handle, CURLOPT_HEADERFUNCTION, onHeader), CURLOPT_HEADERFUNCTION)
        try check(unsafe pinglink_curl_set_write(handle, CURLOPT_WRITEFUNCTION, onBody), CURLOPT_WRITEFUNCTION)
    }

    /// Performs the transfer that the options describe; blocks until it has ended.
    ///
    /// - Parameters:
    ///   - headers: go out in this order.
    ///   - unwanted: names of headers that libcurl would send by itself, and shall not.
    ///   - exchange: takes the reply; a new one for each transfer.
    /// - Returns: how the transfer ended.
    /// - Throws: ``OptionError``, before the transfer has begun.
    func perform(
        headers: [HTTPHeader],
        leavingOut unwanted: [StaticString],
        for exchange: inout CurlExchange
    ) throws(OptionError) -> CURLcode {
        headerList.replace(by: headers, leavingOut: unwanted)
        return try unsafe headerList.withPointer { list throws(OptionError) in
            try unsafe withUnsafeMutablePointer(to: &exchange) { exchange throws(OptionError) in
                // What these point to is gone after the transfer, and each transfer sets them anew.
                try unsafe set(CURLOPT_HTTPHEADER, pointer: list)
                try unsafe set(CURLOPT_PREREQDATA, pointer: exchange)
                try unsafe set(CURLOPT_HEADERDATA, pointer: exchange)
                try unsafe set(CURLOPT_WRITEDATA, pointer: exchange)
                return unsafe curl_easy_perform(handle)
            }
        }
    }

    /// A number about the last transfer; zero when libcurl does not know it.
    func info(_ info: CURLINFO) -> Int {
        var value = 0
        let code = unsafe pinglink_curl_get_long(handle, info, &value)
        return code == CURLE_OK ? value : 0
    }

    /// Whether something has come on the last transfer's connection since that transfer, bytes or the connection's end.
    var connectionHasUnreadBytes: Bool {
        var socket: curl_socket_t = -1
        let code = unsafe pinglink_curl_get_socket(handle, CURLINFO_ACTIVESOCKET, &socket)
        guard code == CURLE_OK, socket >= 0 else { return false }
        var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }

    private func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) throws(OptionError) {
        try check(unsafe pinglink_curl_set_pointer(handle, option, pointer), option)
    }

    private func check(_ code: CURLcode, _ option: CURLoption) throws(OptionError) {
        guard code == CURLE_OK else { throw OptionError(code: code, option: option) }
    }
}
