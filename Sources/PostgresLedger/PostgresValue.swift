/// A parameter of a statement, in the server's text form.
enum PostgresValue: Equatable {
    case null
    case text(String)

    /// Nil for NULL.
    var text: String? { if case .text(let text) = self { text } else { nil } }

    init(_ value: Int64?) { self = value.map { .text(String($0)) } ?? .null }
    init(_ value: Int?) { self = value.map { .text(String($0)) } ?? .null }
    init(_ value: Double?) { self = value.map { .text(String($0)) } ?? .null }
    init(_ value: String?) { self = value.map { .text($0) } ?? .null }
    init(_ value: Bool) { self = .text(value ? "t" : "f") }

    /// One array for `unnest`.
    init(_ values: [Int64?]) {
        self = .text("{" + values.map { $0.map(String.init) ?? "NULL" }.joined(separator: ",") + "}")
    }

    /// One array for `unnest`. Each element is quoted, so that none of them is the word NULL or has a meaning.
    init(_ values: [String?]) {
        var array: [UInt8] = [UInt8(ascii: "{")]
        for value in values {
            if array.count > 1 { array.append(UInt8(ascii: ",")) }
            guard let value else {
                array.append(contentsOf: "NULL".utf8)
                continue
            }
            array.append(UInt8(ascii: "\""))
            for byte in value.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { array.append(UInt8(ascii: "\\")) }
                array.append(byte)
            }
            array.append(UInt8(ascii: "\""))
        }
        array.append(UInt8(ascii: "}"))
        self = .text(String(decoding: array, as: UTF8.self))
    }
}

extension PostgresValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    init(integerLiteral value: Int64) { self.init(value) }
    init(stringLiteral value: String) { self.init(value) }
    init(nilLiteral: ()) { self = .null }
}
