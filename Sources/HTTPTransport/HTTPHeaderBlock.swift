import Glibc

/// The header fields of a reply, kept as the bytes that came and searched only when asked.
///
/// A reply has a dozen fields of which one or two are read, so making strings of all of them would be wasted work.
package struct HTTPHeaderBlock: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// The status line and the fields, each with its line end.
    private var bytes: [UInt8]

    /// - Parameter bytes: header lines as they came, each ended by LF or CR LF; a status line is passed over.
    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The same from parts, in this order.
    package init(_ headers: [HTTPHeader]) {
        bytes = headers.flatMap { Array("\($0.name): \($0.value)\r\n".utf8) }
    }

    /// The value of the first field of this name, without the spaces around it.
    ///
    /// The first one wins: a field that is sent twice although it may occur once is a mistake or an attack, and what a
    /// proxy appends comes last. A value folded over several lines (obsolete) ends with its first line; bytes that are
    /// no UTF-8 become U+FFFD.
    ///
    /// - Parameter name: ASCII; compared without regard to case.
    /// - Returns: the value, which may be empty, or `nil` without such a field.
    package func first(_ name: String) -> String? {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe name.withBytes { name in
                var start = 0
                while start < bytes.count {
                    let line = unsafe bytes[start..<Self.lineEnd(in: bytes, from: start)]
                    start = unsafe line.endIndex + 1
                    guard
                        unsafe line.count > name.count, unsafe line[line.startIndex + name.count] == UInt8(ascii: ":"),
                        unsafe zip(line, name).allSatisfy({ $0.lowercasedASCII == $1.lowercasedASCII })
                    else { continue }
                    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
                    let value = unsafe line.dropFirst(name.count + 1).drop(while: isSpace)
                    let end = unsafe value.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? value.startIndex
                    return unsafe String(decoding: value[..<end], as: UTF8.self)
                }
                return nil
            }
        }
    }

    /// Where the line that begins at `start` ends: before its LF, or with the last byte.
    private static func lineEnd(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = bytes.baseAddress, let end = unsafe memchr(base + start, 0x0A, bytes.count - start) else {
            return bytes.count
        }
        return unsafe UnsafeRawPointer(base).distance(to: end)
    }

    /// The size only: a server may answer with a cookie or a token.
    package var description: String { "header of \(bytes.count) bytes" }

    package var customMirror: Mirror { Mirror(self, children: ["bytes": bytes.count]) }
}

extension UInt8 {
    /// This byte, or the small letter if it is one of `A` to `Z`.
    var lowercasedASCII: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}
