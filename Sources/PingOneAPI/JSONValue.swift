/// A JSON document (RFC 8259) as it was written: members keep their order and their repetitions, numbers keep their
/// text.
///
/// Foundation's decoders drop repeated members silently and turn numbers into doubles. Both would hide what matters
/// here: an attribute that is named twice, and an id that is longer than a double's 53 bits.
package enum JSONValue: Sendable, Equatable {
    case object([Member])
    case array([JSONValue])
    case string(String)
    /// The number's own text, for instance `12345678901234567890`.
    case number(String)
    case boolean(Bool)
    case null

    package struct Member: Sendable, Equatable {
        package var name: String
        package var value: JSONValue

        package init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The value of the first member with this name; `nil` where there is none or where this is no object.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    package var boolean: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// The number as a whole number, where it is one.
    package var integer: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }
}

/// Why a text is no JSON. `offset` counts bytes from the start of the text; the text itself is never repeated.
package struct JSONSyntaxError: Error, Equatable {
    package var offset: Int
}

extension JSONValue {
    /// Reads exactly one JSON value, with white space around it.
    ///
    /// - Parameter bytes: UTF-8; anything else is a syntax error.
    /// - Throws: a syntax error with the place, also for nesting deeper than 64 levels, so that a hostile answer
    ///   cannot exhaust the stack.
    package init(parsing bytes: some Collection<UInt8>) throws(JSONSyntaxError) {
        self = try Self.parsed(Array(bytes), keepingOnly: nil)
    }

    package init(parsing text: String) throws(JSONSyntaxError) {
        try self.init(parsing: text.utf8)
    }

    /// Reads one JSON value as strictly as ``init(parsing:)``, but keeps of an object only the members with this name: the
    /// answer to a link that was made holds the whole user, whom nobody asked for.
    package init(parsing bytes: [UInt8], keepingOnly name: String) throws(JSONSyntaxError) {
        self = try Self.parsed(bytes, keepingOnly: name)
    }

    private static func parsed(_ bytes: [UInt8], keepingOnly name: String?) throws(JSONSyntaxError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { bytes throws(JSONSyntaxError) in
            var parser = JSONParser(bytes: bytes, onlyMember: name)
            return try parser.document()
        }
    }
}

private struct JSONParser {
    /// How many objects and arrays may stand inside each other.
    private static let levels = 64

    let bytes: UnsafeBufferPointer<UInt8>
    /// Nil to keep all members of the outermost object.
    let onlyMember: String?
    private var position = 0
    /// Whether the value at hand is checked and not kept: what is returned for it means nothing.
    private var isReadingOver = false

    init(bytes: UnsafeBufferPointer<UInt8>, onlyMember: String?) {
        self.bytes = bytes
        self.onlyMember = onlyMember
    }

    private var failure: JSONSyntaxError { JSONSyntaxError(offset: position) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func document() throws(JSONSyntaxError) -> JSONValue {
        skipSpace()
        let result = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw failure }
        return result
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
        guard let byte = next else { throw failure }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
        for byte in word.description.utf8 {
            guard take(byte) else { throw failure }
        }
        return value
    }

    private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        guard depth < Self.levels else { throw failure }
        position += 1
        var members: [JSONValue.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure }
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure }
            skipSpace()
            if depth == 0, let onlyMember { isReadingOver = name != onlyMember }
            let value = try value(depth: depth + 1)
            if !isReadingOver { members.append(JSONValue.Member(name: name, value: value)) }
            if depth == 0 { isReadingOver = false }
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        guard depth < Self.levels else { throw failure }
        position += 1
        var values: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(values) }
        repeat {
            skipSpace()
            let value = try value(depth: depth + 1)
            if !isReadingOver { values.append(value) }
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure }
        return .array(values)
    }

    private mutating func number() throws(JSONSyntaxError) -> String {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return isReadingOver ? "" : String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw failure }
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        let start = position
        position = plainASCIIEnd(in: bytes, from: start)
        let isASCII = next == UInt8(ascii: "\"")
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if next == UInt8(ascii: "\"") {  // the usual case: nothing escaped, one copy at most
            defer { position += 1 }
            if isReadingOver && isASCII { return "" }
            return isASCII
                ? String(decoding: bytes[start..<position], as: UTF8.self) : try utf8(bytes[start..<position])
        }
        var unescaped = Array(bytes[start..<position])
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
private func plainASCIIEnd(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var end = start
    while end + 8 <= bytes.count {
        let loaded = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: end, as: UInt64.self)
        let word = UInt64(littleEndian: loaded)  // the first byte is the lowest
        let stops = belowSpace(word) | zeroBytes(word ^ quotes) | zeroBytes(word ^ backslashes) | word
        // The lowest mark is exact.
        guard stops & highBits == 0 else { return end + (stops & highBits).trailingZeroBitCount / 8 }
        end += 8
    }
    while end < bytes.count, (0x20..<0x80).contains(bytes[end]), bytes[end] != UInt8(ascii: "\""),
        bytes[end] != UInt8(ascii: "\\")
    { end += 1 }
    return end
}

private let highBits: UInt64 = 0x8080_8080_8080_8080
private let quotes: UInt64 = 0x2222_2222_2222_2222
private let backslashes: UInt64 = 0x5C5C_5C5C_5C5C_5C5C

/// Sets the high bit of each byte that is zero, and perhaps of some above such a byte.
private func zeroBytes(_ word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word
}

/// Sets the high bit of each byte below 0x20, and perhaps of some above such a byte.
private func belowSpace(_ word: UInt64) -> UInt64 {
    (word &- 0x2020_2020_2020_2020) & ~word
}
