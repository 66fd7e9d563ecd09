import CSVReading

/// What is conspicuous about an id, though it may be right.
struct IDText: OptionSet {
    let rawValue: UInt8

    /// As a spreadsheet, a formula or a database might have spoiled it: `3249023841.0`, `="00123"`, `'00123`, `1E+15`.
    static let looksDamaged = IDText(rawValue: 1)
    /// There are invisible characters inside.
    static let hasInvisible = IDText(rawValue: 2)
    /// A word that stands for nothing: `NULL`, `#N/A`.
    static let isNothing = IDText(rawValue: 4)
    /// White space or invisible characters stand around it.
    static let isWrapped = IDText(rawValue: 8)

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// `cell`: as it stands in the file.
    init(ofCell cell: Span<UInt8>) {
        let range = OuterBlanks.trimmed(cell)
        let id = cell.extracting(range)
        self = range.count < cell.count ? [.isWrapped] : []
        guard !id.isEmpty else { return }
        if Self.mayLookDamaged(id), SpreadsheetDamage.shows(in: id) { insert(.looksDamaged) }
        if Self.isWordForNothing(id) { insert(.isNothing) }
        // Without a character beyond ASCII there is none that cannot be seen.
        var all: UInt8 = 0
        for index in id.indices { all |= id[index] }
        if all >= 0x80, Self.hasInvisible(id) { insert(.hasInvisible) }
    }

    /// Whether a cell holds one of the words that programs write where there is nothing.
    static func isWordForNothing(_ text: Span<UInt8>) -> Bool {
        guard (2...7).contains(text.count) else { return false }
        switch text[0] | 0x20 {
        case UInt8(ascii: "n"), UInt8(ascii: "#"), UInt8(ascii: "\\") | 0x20: break
        default: return false
        }
        let word = unsafe text.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }.lowercased()
        return ["null", "\\n", "#n/a", "none", "nan", "#ref!", "#name?", "#value!", "#null!"].contains(word)
    }

    /// The id in small letters; nil where it is in small letters already.
    static func folded(_ id: Span<UInt8>) -> [UInt8]? {
        var (all, hasCapital): (UInt8, Bool) = (0, false)
        for index in id.indices {
            all |= id[index]
            hasCapital = hasCapital || id[index] &- 0x41 < 26
        }
        guard hasCapital || all >= 0x80 else { return nil }
        guard all >= 0x80 else {
            var folded: [UInt8] = []
            folded.reserveCapacity(id.count)
            for index in id.indices { folded.append(id[index] &- 0x41 < 26 ? id[index] | 0x20 : id[index]) }
            return folded
        }
        return unsafe Array(id.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }.lowercased().utf8)
    }

    /// By its ends: most ids are passed by that.
    private static func mayLookDamaged(_ id: Span<UInt8>) -> Bool {
        let (first, last) = (id[0], id[id.count - 1])
        if first == UInt8(ascii: "=") || first == UInt8(ascii: "'") { return true }
        return SpreadsheetDamage.isDigit(first) && SpreadsheetDamage.isDigit(last)
    }

    private static func hasInvisible(_ id: Span<UInt8>) -> Bool {
        unsafe id.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }.unicodeScalars.contains(
            where: OuterBlanks.isInvisible
        )
    }
}

/// What spreadsheets make of long numbers.
enum SpreadsheetDamage {
    /// Digits, a point or comma, digits, `E+` or `e+`, two digits: the last digits of the id are lost.
    static func isRounded(_ id: Span<UInt8>) -> Bool {
        // Digits stand at both ends, and the sign at the third place from the end.
        guard id.count >= 7, isDigit(id[0]), isDigit(id[id.count - 1]), id[id.count - 3] == UInt8(ascii: "+"),
            isDigit(id[id.count - 2]), id[id.count - 4] | 0x20 == UInt8(ascii: "e")
        else { return false }
        var index = 1
        while isDigit(id[index]) { index += 1 }
        guard id[index] == UInt8(ascii: ".") || id[index] == UInt8(ascii: ","), index + 1 < id.count - 4 else {
            return false
        }
        return (index + 1..<id.count - 4).allSatisfy { isDigit(id[$0]) }
    }

    /// Whether the id looks spoiled in any of the ways that are known: rounded, also with another exponent; a number with
    /// `.0` behind it; a formula or an apostrophe that was to keep it text. `1e5` is a possible id and none of these.
    static func shows(in id: Span<UInt8>) -> Bool {
        guard !id.isEmpty else { return false }
        if id[0] == UInt8(ascii: "'") { return id.count > 1 }
        if id[0] == UInt8(ascii: "=") { return id.count > 3 && id[1] == UInt8(ascii: "\"") }
        if isRounded(id) || hasExponent(id) { return true }
        guard id.count > 2, id[id.count - 1] == UInt8(ascii: "0"), id[id.count - 2] == UInt8(ascii: ".") else {
            return false
        }
        return (0..<id.count - 2).allSatisfy { isDigit(id[$0]) }
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// Digits, perhaps with a point or comma, then `E+` and digits.
    private static func hasExponent(_ id: Span<UInt8>) -> Bool {
        guard (4...32).contains(id.count), isDigit(id[0]) else { return false }
        var index = 1
        while index < id.count, isDigit(id[index]) || id[index] == UInt8(ascii: ".") || id[index] == UInt8(ascii: ",") {
            index += 1
        }
        guard index + 2 < id.count, id[index] == UInt8(ascii: "E"), id[index + 1] == UInt8(ascii: "+") else {
            return false
        }
        return (index + 2..<id.count).allSatisfy { isDigit(id[$0]) }
    }
}
