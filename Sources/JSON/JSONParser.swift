/// Reads one JSON text: makes a value of it, or checks it and keeps nothing. One grammar serves both.
@safe struct JSONParser {
    /// How many objects and arrays may stand inside each other.
    private static let levels = 64

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// - Parameter bytes: must outlive the parser.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        unsafe self.bytes = bytes
    }

    /// The value that the text is.
    mutating func document() throws(JSONSyntaxError) -> JSONValue {
        skipSpace()
        let value = try value(depth: 0)
        try end()
        return value
    }

    /// The value of the text's first member with this name; `nil` where there is none or where the text is no object.
    mutating func member(_ name: String) throws(JSONSyntaxError) -> JSONValue? {
        var value: JSONValue?
        skipSpace()
        if next == UInt8(ascii: "{") {
            try members(depth: 0) { parser throws(JSONSyntaxError) in
                let isWanted = try parser.checkString(is: name)
                try parser.colon()
                if isWanted, value == nil {
                    value = try parser.value(depth: 1)
                } else {
                    try parser.check(depth: 1)
                }
            }
        } else {
            try check(depth: 0)
        }
        try end()
        return value
    }

    private var failure: JSONSyntaxError { JSONSyntaxError(offset: position) }

    private var next: UInt8? { unsafe position < bytes.count ? bytes[position] : nil }

    private mutating func end() throws(JSONSyntaxError) {
        skipSpace()
        guard unsafe position == bytes.count else { throw failure }
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        switch next {
        case UInt8(ascii: "{"):
            var kept: [JSONValue.Member] = []
            try members(depth: depth) { parser throws(JSONSyntaxError) in
                let name = try parser.string()
                try parser.colon()
                kept.append(JSONValue.Member(name: name, value: try parser.value(depth: depth + 1)))
            }
            return .object(kept)
        case UInt8(ascii: "["):
            var kept: [JSONValue] = []
            try list(endedBy: UInt8(ascii: "]"), depth: depth) { parser throws(JSONSyntaxError) in
                kept.append(try parser.value(depth: depth + 1))
            }
            return .array(kept)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try word("true")
            return .boolean(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .boolean(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        default:
            let start = position
            try number()
            return .number(text(start..<position))
        }
    }

    /// Passes what ``value(depth:)`` reads.
    private mutating func check(depth: Int) throws(JSONSyntaxError) {
        switch next {
        case UInt8(ascii: "{"):
            try members(depth: depth) { parser throws(JSONSyntaxError) in
                try parser.checkString()
                try parser.colon()
                try parser.check(depth: depth + 1)
            }
        case UInt8(ascii: "["):
            try list(endedBy: UInt8(ascii: "]"), depth: depth) { parser throws(JSONSyntaxError) in
                try parser.check(depth: depth + 1)
            }
        case UInt8(ascii: "\""): try checkString()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    /// Passes an object. `read` takes each member, from its opening quotes to the end of its value.
    @inline(__always)
    private mutating func members(
        depth: Int,
        _ read: (inout JSONParser) throws(JSONSyntaxError) -> Void
    ) throws(JSONSyntaxError) {
        try list(endedBy: UInt8(ascii: "}"), depth: depth) { parser throws(JSONSyntaxError) in
            guard parser.next == UInt8(ascii: "\"") else { throw parser.failure }
            try read(&parser)
        }
    }

    /// Passes an object or an array. `read` takes each member or value.
    @inline(__always)
    private mutating func list(
        endedBy end: UInt8,
        depth: Int,
        _ read: (inout JSONParser) throws(JSONSyntaxError) -> Void
    ) throws(JSONSyntaxError) {
        guard depth < Self.levels else { throw failure }
        position += 1
        skipSpace()
        if take(end) { return }
        repeat {
            skipSpace()
            try read(&self)
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(end) else { throw failure }
    }

    private mutating func colon() throws(JSONSyntaxError) {
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw failure }
        skipSpace()
    }

    private mutating func word(_ word: StaticString) throws(JSONSyntaxError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard take(unsafe word.utf8Start[index]) else { throw failure }
        }
    }

    private mutating func number() throws(JSONSyntaxError) {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw failure }
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        let start = position + 1
        if takePlainString() { return text(start..<position - 1) }
        position = start
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if next == UInt8(ascii: "\"") {  // nothing escaped
            defer { position += 1 }
            return try unsafe utf8(bytes[start..<position])
        }
        var unescaped = unsafe Array(bytes[start..<position])
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try utf8(unescaped)
            case UInt8(ascii: "\\"): try escape(into: &unescaped)
            case ..<0x20: throw failure
            default: unescaped.append(byte)
            }
        }
        throw failure
    }

    /// Passes what ``string()`` reads.
    private mutating func checkString() throws(JSONSyntaxError) {
        if !takePlainString() { _ = try string() }
    }

    /// Passes what ``string()`` reads, and says whether it is this text.
    private mutating func checkString(is text: String) throws(JSONSyntaxError) -> Bool {
        let start = position + 1
        guard takePlainString() else { return try string() == text }
        guard position - 1 - start == text.utf8.count else { return false }
        return unsafe bytes[start..<position - 1].elementsEqual(text.utf8)
    }

    /// Passes a string of plain ASCII, as most are; stays before any other.
    private mutating func takePlainString() -> Bool {
        let end = unsafe plainASCIIEnd(in: bytes, from: position + 1)
        guard unsafe end < bytes.count, unsafe bytes[end] == UInt8(ascii: "\"") else { return false }
        position = end + 1
        return true
    }

    /// Of bytes that are known to be UTF-8.
    private func text(_ range: Range<Int>) -> String { unsafe String(decoding: bytes[range], as: UTF8.self) }

    private func utf8(_ slice: some Sequence<UInt8>) throws(JSONSyntaxError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw failure }
        return text
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
        guard let byte = next else { throw failure }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try hexQuad())
            if (0xD800..<0xDC00).contains(code) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw failure }
                let low = UInt32(try hexQuad())
                guard (0xDC00..<0xE000).contains(low) else { throw failure }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure }
            text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw failure
        }
    }

    private mutating func hexQuad() throws(JSONSyntaxError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw failure }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}

/// Where the first byte from `start` on is that is not ASCII, or that a string cannot hold as it is, or the end. Most of a
/// document is inside of strings, so eight bytes are looked at at once.
func plainASCIIEnd(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var end = start
    while bytes.count - end >= 8 {
        let loaded = unsafe UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: end, as: UInt64.self)
        let word = UInt64(littleEndian: loaded)  // the first byte is the lowest
        // The high bit of each byte tells whether the byte goes below zero here, which one of ASCII does if it is below a
        // space, or quotes, or a backslash; or whether it is none of ASCII. A byte that does borrows from the one above it,
        // whose mark may be wrong: the lowest mark is exact.
        let stops = (word &- spaces) | ((word ^ quotes) &- ones) | ((word ^ backslashes) &- ones) | word
        guard stops & highBits == 0 else { return end + (stops & highBits).trailingZeroBitCount / 8 }
        end &+= 8
    }
    while end < bytes.count, unsafe (0x20..<0x80).contains(bytes[end]), unsafe bytes[end] != UInt8(ascii: "\""),
        unsafe bytes[end] != UInt8(ascii: "\\")
    { end += 1 }
    return end
}

private let highBits: UInt64 = 0x8080_8080_8080_8080
private let ones: UInt64 = 0x0101_0101_0101_0101
private let spaces: UInt64 = 0x2020_2020_2020_2020
private let quotes: UInt64 = 0x2222_2222_2222_2222
private let backslashes: UInt64 = 0x5C5C_5C5C_5C5C_5C5C
