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
        guard !url.isEmpty, url.hasOnlyBytes({ $0 > 0x20 }), url.hasOnlyBytes({ $0 < 0x7F }) else {
            return "its address holds a character that must be percent-encoded"
        }
        for header in headers {
            guard !header.name.isEmpty, unsafe header.name.withBytes({ unsafe $0.allSatisfy(Self.isTokenByte) })
            else {
                return "a header's name holds a character that HTTP does not allow"
            }
            guard !Self.reservedHeaders.contains(where: { header.isNamed($0) }) else {
                return "the header \(header.name) is made by the transport"
            }
            // A tab is allowed, but hardly a value holds one: only then it is looked at twice.
            guard header.value.hasOnlyBytes({ $0 >= 0x20 }) || header.value.hasOnlyBytes({ $0 >= 0x20 || $0 == 0x09 }),
                header.value.hasOnlyBytes({ $0 != 0x7F })
            else {
                return "the value of the header \(header.name) holds a line break or another control character"
            }
        }
        return nil
    }

    /// At which byte of the address the path begins; nil without one, and where a fragment follows, which is never sent.
    var pathStart: Int? {
        unsafe url.withBytes { url in
            guard let colon = unsafe url.firstIndex(of: UInt8(ascii: ":")),
                let start = unsafe url.dropFirst(colon + 3).firstIndex(where: Self.endsAuthority),
                unsafe url[start] == UInt8(ascii: "/"), unsafe url.hasOnly({ $0 != UInt8(ascii: "#") })
            else { return nil }
            return start
        }
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
    fileprivate func hasOnlyBytes(_ isAllowed: (UInt8) -> Bool) -> Bool {
        unsafe withBytes { unsafe $0.hasOnly(isAllowed) }
    }

    /// Reads the bytes where they are: the string's own iterator takes several times as long.
    func withBytes<Result>(_ read: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        unsafe utf8.withContiguousStorageIfAvailable(read) ?? Array(utf8).withUnsafeBufferPointer(read)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether each byte is allowed. Looks at all of them, without an early end, so that it can be many at once: the
    /// compiler sees to that where the rule is one comparison, and the loop stands apart from what is done about it.
    @inline(never)
    fileprivate func hasOnly(_ isAllowed: (UInt8) -> Bool) -> Bool {
        unsafe reduce(0 as UInt8) { $0 | (isAllowed($1) ? 0 : 1) } == 0
    }
}
