import Glibc

/// How the text of an input is encoded, where it has no byte order mark that says so.
package struct TextEncoding: Sendable, Equatable {
    package static let utf8 = TextEncoding(unchecked: "UTF-8")

    /// As iconv(3) knows it.
    package let name: String

    /// Nil for a name that iconv does not know on this machine.
    package init?(_ name: String) {
        // An empty name is that of the locale, and what stands behind a slash would let iconv drop what does not fit.
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) else {
            return nil
        }
        if ["utf8", "utf-8"].contains(name.lowercased()) {
            self = .utf8
            return
        }
        guard Transcoder(from: name) != nil else { return nil }
        self.name = name
    }

    private init(unchecked name: String) {
        self.name = name
    }
}

/// What the first bytes of a text say about the rest.
struct ByteOrderMark: Equatable {
    let length: Int
    let encoding: TextEncoding

    private static let marks: [(mark: [UInt8], name: String)] = [
        ([0xEF, 0xBB, 0xBF], TextEncoding.utf8.name), ([0xFF, 0xFE, 0, 0], "UTF-32LE"),
        ([0, 0, 0xFE, 0xFF], "UTF-32BE"), ([0xFF, 0xFE], "UTF-16LE"), ([0xFE, 0xFF], "UTF-16BE"),
    ]

    /// Whether more bytes may make a mark, or another one, of these: nobody waits for them in vain.
    static func mayContinue(_ bytes: some Collection<UInt8>) -> Bool {
        marks.contains { $0.mark.count > bytes.count && $0.mark.starts(with: bytes) }
    }

    /// Nil without one. Four bytes are enough.
    init?(_ bytes: some Sequence<UInt8>) {
        guard let found = Self.marks.first(where: { bytes.starts(with: $0.mark) }),
            let encoding = TextEncoding(found.name)
        else { return nil }
        length = found.mark.count
        self.encoding = encoding
    }
}
