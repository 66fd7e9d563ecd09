/// Many whole numbers as one text: a coder deals with it once, and not with each of thousands.
struct PackedNumbers: Codable, Equatable, Sendable {
    let numbers: [Int64]

    init(_ numbers: [Int64]) {
        self.numbers = numbers
    }

    /// - Throws: `DecodingError`.
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        numbers = try container.decode(String.self).utf8.split(separator: UInt8(ascii: " ")).map { digits in
            guard let number = Int64(Substring(digits)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a number")
            }
            return number
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(numbers.lazy.map(String.init).joined(separator: " "))
    }
}
