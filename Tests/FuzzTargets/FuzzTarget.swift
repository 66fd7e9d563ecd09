import SeededRandom

/// What is fed with bytes that nobody has thought of: a reading of foreign text, and what must hold whatever it says.
///
/// Its raw value is the name of a folder of `Tests/Corpus`, where each file is an input.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// A CSV file, with blocks, limits and a delimiter that depend on its bytes.
    case csv
    /// A compressed file.
    case gzip
    /// A CSV file with a header, down to the bodies of its requests.
    case rows
    /// The value of an attribute mapping.
    case template
    /// A JSON text.
    case json
    /// The header and the body of an answer.
    case answer
    /// The value of a header that names a time.
    case time

    /// Reads `input`.
    ///
    /// - Throws: the first rule that does not hold. The same for the same bytes.
    package func check(_ input: [UInt8]) throws(BrokenRule) {
        switch self {
        case .csv: try checkCSV(input)
        case .gzip: try checkGzip(input)
        case .rows: try checkRows(input)
        case .template: try checkTemplate(String(decoding: input, as: UTF8.self))
        case .json: try checkJSON(input)
        case .answer: try checkAnswer(input)
        case .time: try checkTime(String(decoding: input, as: UTF8.self))
        }
    }
}

/// Something that must always be so, and is not.
package struct BrokenRule: Error, CustomStringConvertible {
    package var description: String
}

func require(_ holds: Bool, _ rule: @autoclosure () -> String) throws(BrokenRule) {
    if !holds { throw BrokenRule(description: rule()) }
}

extension SplitMix64 {
    /// For choices that depend on an input and on nothing else.
    init(for input: [UInt8]) {
        // FNV-1a: any change of a byte changes the choices.
        self.init(seed: input.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }

    mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}
