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

    /// Sets a text, which libcurl copies; `nil` takes the option back.
    func set(_ option: CURLoption, _ value: String?) throws(OptionError) {
        try check(unsafe pinglink_curl_set_string(handle, option, value), option)
    }

    /// Sets bytes, which libcurl copies.
    func set(_ option: CURLoption, bytes value: [UInt8]) throws(OptionError) {
        let code = unsafe value.withUnsafeBytes { bytes in
            unsafe pinglink_curl_set_blob(handle, option, bytes.baseAddress, bytes.count)
        }
        try check(code, option)
    }

    /// Makes the request one with a body, which libcurl copies. Head and body then leave together, in one packet if they
    /// are small.
    func set(body: [UInt8]) throws(OptionError) {
        let code = unsafe body.withUnsafeBytes { bytes in
            unsafe pinglink_curl_set_body(handle, bytes.baseAddress, bytes.count)
        }
        try check(code, CURLOPT_COPYPOSTFIELDS)
    }

    /// Lets libcurl report to the exchange from now on.
    ///
    /// - Parameter exchange: must live as long as transfers are performed; the handle does not keep it.
    /// - Throws: ``OptionError``.
    func connect(to exchange: CurlExchange) throws(OptionError) {
        let context = unsafe Unmanaged.passUnretained(exchange).toOpaque()
        for option in [CURLOPT_PREREQDATA, CURLOPT_HEADERDATA, CURLOPT_WRITEDATA] {
            try check(unsafe pinglink_curl_set_pointer(handle, option, context), option)
        }
        try check(unsafe pinglink_curl_set_prerequest(handle, onRequestStart), CURLOPT_PREREQFUNCTION)
        try check(unsafe pinglink_curl_set_write(handle, CURLOPT_HEADERFUNCTION, onHeader), CURLOPT_HEADERFUNCTION)
        try check(unsafe pinglink_curl_set_write(handle, CURLOPT_WRITEFUNCTION, onBody), CURLOPT_WRITEFUNCTION)
    }

    /// Performs the transfer that the options describe; blocks until it has ended.
    ///
    /// - Parameters:
    ///   - headers: go out in this order.
    ///   - unwanted: names of headers that libcurl would send by itself, and shall not.
    /// - Returns: how the transfer ended.
    /// - Throws: ``OptionError``, before the transfer has begun.
    func perform(headers: [HTTPHeader], leavingOut unwanted: [StaticString]) throws(OptionError) -> CURLcode {
        var list: UnsafeMutablePointer<curl_slist>?
        defer { unsafe curl_slist_free_all(list) }
        var line: [UInt8] = []
        line.reserveCapacity(256)
        func append() throws(OptionError) {
            line.append(0)
            let longer = unsafe line.withUnsafeBytes { line in
                unsafe curl_slist_append(list, line.assumingMemoryBound(to: CChar.self).baseAddress)
            }
            guard let longer = unsafe longer else {
                throw OptionError(code: CURLE_OUT_OF_MEMORY, option: CURLOPT_HTTPHEADER)
            }
            unsafe list = longer
            line.removeAll(keepingCapacity: true)
        }
        for header in headers {
            line.append(contentsOf: header.name.utf8)
            // libcurl reads "Name:" as "not this one", and "Name;" as one without a value.
            line.append(contentsOf: (header.value.isEmpty ? ";" : ": ").utf8)
            line.append(contentsOf: header.value.utf8)
            try append()
        }
        for name in unwanted {
            line.append(contentsOf: name.description.utf8)
            line.append(UInt8(ascii: ":"))
            try append()
        }
        try check(unsafe pinglink_curl_set_pointer(handle, CURLOPT_HTTPHEADER, list), CURLOPT_HTTPHEADER)
        defer { _ = unsafe pinglink_curl_set_pointer(handle, CURLOPT_HTTPHEADER, nil) }
        return unsafe curl_easy_perform(handle)
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

    private func check(_ code: CURLcode, _ option: CURLoption) throws(OptionError) {
        guard code == CURLE_OK else { throw OptionError(code: code, option: option) }
    }
}
