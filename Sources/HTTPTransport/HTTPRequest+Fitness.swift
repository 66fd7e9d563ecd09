extension HTTPRequest {
    /// Headers that the transport makes itself; a second opinion would break the framing of the connection.
    private static let reservedHeaders = [
        "accept-encoding", "connection", "content-length", "expect", "host", "te", "trailer", "transfer-encoding",
        "upgrade",
    ]

    /// Why the request must not be sent as it is, or `nil`.
    ///
    /// A line break in a header would end it and begin another one, or another request; a token that was read from a
    /// file can hold one. The text names the header but never its value.
    var defect: String? {
        guard timeout > .zero else { return "its timeout is not above zero" }
        guard !url.isEmpty, url.hasOnlyBytes({ (0x21...0x7E).contains($0) }) else {
            return "its address holds a character that must be percent-encoded"
        }
        for header in headers {
            guard !header.name.isEmpty, header.name.hasOnlyBytes(Self.isTokenByte) else {
                return "a header's name holds a character that HTTP does not allow"
            }
            guard !Self.reservedHeaders.contains(where: { header.isNamed($0) }) else {
                return "the header \(header.name) is made by the transport"
            }
            guard header.value.hasOnlyBytes({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F }) else {
                return "the value of the header \(header.name) holds a line break or another control character"
            }
        }
        return nil
    }

    /// Where the path begins in the address; nil without one, and where a fragment follows, which is never sent.
    var pathStart: String.Index? {
        let offset = unsafe url.withBytes { url -> Int? in
            guard let colon = unsafe url.firstIndex(of: UInt8(ascii: ":")),
                let end = unsafe url.dropFirst(colon + 3).firstIndex(where: Self.endsAuthority),
                unsafe url[end] == UInt8(ascii: "/"), unsafe !url[end...].contains(UInt8(ascii: "#"))
            else { return nil }
            return end
        }
        return offset.map { url.utf8.index(url.startIndex, offsetBy: $0) }
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    /// Host and port for messages, `api.example.com:443`; without user name, path and query.
    var endpoint: String {
        let afterScheme = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let authority = afterScheme.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        let hasPort = host.lastIndex(of: ":").map { !host[$0...].contains("]") } ?? false
        return hasPort ? String(host) : "\(host):\(url.lowercased().hasPrefix("https:") ? 443 : 80)"
    }

    /// RFC 9110, section 5.6.2: `tchar`.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"): true
        default: "!#$%&'*+.^_`|~".utf8.contains(byte)
        }
    }
}

extension String {
    /// Whether each of its bytes is allowed. Looks at all of them, without an early end, so that it can be many at once.
    fileprivate func hasOnlyBytes(_ isAllowed: (UInt8) -> Bool) -> Bool {
        unsafe withBytes { unsafe $0.reduce(0 as UInt8) { $0 | (isAllowed($1) ? 0 : 1) } == 0 }
    }

    /// Reads the bytes where they are: the string's own iterator takes several times as long.
    func withBytes<Result>(_ read: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        unsafe utf8.withContiguousStorageIfAvailable(read) ?? Array(utf8).withUnsafeBufferPointer(read)
    }
}
