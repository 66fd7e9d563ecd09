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
        self = try unsafe Array(bytes).withUnsafeBufferPointer { bytes throws(JSONSyntaxError) in
            var parser = unsafe JSONParser(bytes)
            return try parser.document()
        }
    }

    package init(parsing text: String) throws(JSONSyntaxError) {
        try self.init(parsing: text.utf8)
    }

    /// What `JSONValue(parsing: bytes)[name]` is, for a caller who wants nothing else: all of the text is checked as
    /// strictly, and no value is made of the rest. The answer to a link that was made holds the whole user.
    ///
    /// - Throws: what ``init(parsing:)`` throws.
    package static func member(_ name: String, of bytes: [UInt8]) throws(JSONSyntaxError) -> JSONValue? {
        try unsafe bytes.withUnsafeBufferPointer { bytes throws(JSONSyntaxError) in
            var parser = unsafe JSONParser(bytes)
            return try parser.member(name)
        }
    }
}
