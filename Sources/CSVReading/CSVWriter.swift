/// Writes records as RFC 4180 text that `CSVReader` reads back to the same fields.
///
/// A field is put in quotes only where it must be: when it holds the delimiter, a quote or a line break, when it
/// begins or ends with a blank or begins with a byte order mark, and when it is empty and alone in its record.
/// Lines end with LF.
package struct CSVWriter: Sendable {
    private let delimiter: CSVDelimiter
    private var fieldsInRecord = 0
    /// Where the current record begins in `bytes`.
    private var recordStart = 0

    /// What was written since the last `removeAll`.
    package private(set) var bytes: [UInt8] = []

    package init(delimiter: CSVDelimiter = .comma) {
        self.delimiter = delimiter
    }

    /// Appends one field to the current record.
    package mutating func append(_ field: String) {
        var field = field
        field.withUTF8 { unsafe append($0.span) }
    }

    /// Appends one field, valid UTF-8, to the current record.
    package mutating func append(_ field: Span<UInt8>) {
        if fieldsInRecord > 0 { bytes.append(delimiter.byte) }
        fieldsInRecord += 1
        let quote = UInt8(ascii: "\"")
        guard needsQuotes(field) else {
            for index in field.indices { bytes.append(field[index]) }
            return
        }
        bytes.append(quote)
        for index in field.indices {
            if field[index] == quote { bytes.append(quote) }
            bytes.append(field[index])
        }
        bytes.append(quote)
    }

    /// Appends all fields of a record to the current one.
    package mutating func append(fieldsOf record: CSVRecord) {
        for field in 0..<record.fieldCount {
            record.withBytes(of: field) { append($0) }
        }
    }

    /// The line that names the delimiter for whoever reads the file. To be called first.
    package mutating func appendSeparatorLine() {
        bytes += Array("sep=".utf8) + [delimiter.byte, UInt8(ascii: "\n")]
        recordStart = bytes.count
    }

    /// Ends the current record. One without any field cannot be told from a blank line, so it writes nothing.
    package mutating func endRecord() {
        guard fieldsInRecord > 0 else { return }
        if bytes.count == recordStart { bytes.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: "\"")]) }
        bytes.append(UInt8(ascii: "\n"))
        fieldsInRecord = 0
        recordStart = bytes.count
    }

    /// Forgets what was written and keeps the memory. Only between records.
    package mutating func removeAll() {
        precondition(fieldsInRecord == 0, "the current record has \(fieldsInRecord) fields and is not ended")
        bytes.removeAll(keepingCapacity: true)
        recordStart = 0
    }

    private func needsQuotes(_ field: Span<UInt8>) -> Bool {
        guard !field.isEmpty else { return false }
        if isBlank(field[0]) || isBlank(field[field.count - 1]) { return true }
        if field.count >= 3, field[0] == 0xEF, field[1] == 0xBB, field[2] == 0xBF { return true }
        for index in field.indices {
            switch field[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "\r"), UInt8(ascii: "\n"), delimiter.byte: return true
            default: continue
            }
        }
        return false
    }
}

/// What a CSV reader drops around a field.
private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
}
