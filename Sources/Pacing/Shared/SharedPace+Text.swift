import FoundationEssentials

extension SharedPace {
    /// Reads what ``text`` has written. Nil for anything else: a pace is worth no failure, it begins anew.
    init?(text: String) {
        guard let pace = try? Self.read(text) else { return nil }
        self = pace
    }

    static func read(_ text: String) throws -> SharedPace {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        return try decoder.decode(SharedPace.self, from: Data(text.utf8))
    }

    /// It as it is written down, without line breaks or apostrophes.
    var text: String {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        guard let data = try? encoder.encode(self) else { preconditionFailure("a pace that cannot be written down") }
        return String(decoding: data, as: UTF8.self)
    }
}
