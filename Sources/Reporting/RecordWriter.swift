import CSVReading
import JSON

/// How records are written for other programs.
package enum RecordFormat: String, Sendable, CaseIterable {
    /// RFC 4180 with a header.
    case csv
    /// One JSON object a line.
    case jsonl
}

/// Writes records in fixed memory.
struct RecordWriter {
    private let format: RecordFormat
    private let columns: [String]
    private var csv = CSVWriter()
    private var lines: [UInt8] = []

    init(format: RecordFormat, columns: [String]) {
        self.format = format
        self.columns = columns
        if format == .csv { append(columns) }
    }

    /// - Parameters:
    ///   - values: texts, numbers and nulls, one for each column.
    ///   - write: takes bytes when enough have gathered.
    /// - Throws: what `write` throws.
    mutating func append(_ values: [JSONValue], to write: ([UInt8]) throws -> Void) throws {
        switch format {
        case .csv:
            append(values.map { value in if case .number(let text) = value { text } else { value.string ?? "" } })
            if csv.bytes.count > 1 << 16 { try finish(to: write) }
        case .jsonl:
            let members = zip(columns, values).map { JSONValue.Member(name: $0, value: $1) }
            lines += JSONValue.object(members).text.utf8
            lines.append(UInt8(ascii: "\n"))
            if lines.count > 1 << 16 { try finish(to: write) }
        }
    }

    /// Writes what has gathered.
    mutating func finish(to write: ([UInt8]) throws -> Void) throws {
        try write(format == .csv ? csv.bytes : lines)
        csv.removeAll()
        lines.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ cells: [String]) {
        for cell in cells { csv.append(cell) }
        csv.endRecord()
    }
}
