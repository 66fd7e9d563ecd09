import CLibCurl

/// The header lines of a request as libcurl takes them, a list linked by pointers; its memory is used again for each
/// request.
@safe struct CurlHeaderList {
    /// The lines, each ended by a zero byte.
    private var text: [UInt8] = []
    /// Where each line begins in ``text``.
    private var starts: [Int] = []
    private var links: [curl_slist] = unsafe []

    /// - Parameters:
    ///   - headers: without control characters.
    ///   - unwanted: names of headers that libcurl would send by itself, and shall not.
    mutating func replace(by headers: [HTTPHeader], leavingOut unwanted: [StaticString]) {
        text.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        for header in headers {
            starts.append(text.count)
            append(header.name)
            // libcurl reads "Name:" as "not this one", and "Name;" as one without a value.
            if header.value.isEmpty {
                text.append(UInt8(ascii: ";"))
            } else {
                text.append(UInt8(ascii: ":"))
                text.append(UInt8(ascii: " "))
                append(header.value)
            }
            text.append(0)
        }
        for name in unwanted {
            starts.append(text.count)
            append(name.description)
            text.append(UInt8(ascii: ":"))
            text.append(0)
        }
    }

    /// Calls `use` with the first link, or `nil` where there are no lines; the list must not be used afterwards.
    mutating func withPointer<Result>(
        _ use: (UnsafeMutablePointer<curl_slist>?) throws(CurlHandle.OptionError) -> Result
    ) throws(CurlHandle.OptionError) -> Result {
        unsafe links.removeAll(keepingCapacity: true)
        for _ in starts { unsafe links.append(curl_slist()) }
        return try unsafe text.withUnsafeMutableBufferPointer { text throws(CurlHandle.OptionError) in
            try unsafe links.withUnsafeMutableBufferPointer { links throws(CurlHandle.OptionError) in
                for (index, start) in starts.enumerated() {
                    unsafe links[index].data = UnsafeMutableRawPointer(text.baseAddress)?.advanced(by: start)
                        .assumingMemoryBound(to: CChar.self)
                    if index > 0 { unsafe links[index - 1].next = links.baseAddress?.advanced(by: index) }
                }
                return try unsafe use(starts.isEmpty ? nil : links.baseAddress)
            }
        }
    }

    private mutating func append(_ part: String) {
        unsafe part.withBytes { unsafe text.append(contentsOf: $0) }
    }
}
