/// Reads the records of a CSV file (RFC 4180, UTF-8) one after the other, strictly and with fixed memory.
///
/// - LF, CRLF and a lone CR end a line. Lines that are empty or hold only blanks (spaces, tabs) are counted and skipped.
/// - Blanks around a field are dropped, those inside quotes are kept: ` "a" ,b` holds `a` and `b`.
/// - A byte order mark at the start is dropped. The last line may lack its line break.
/// - The number of fields is not compared with anything, and NUL passes: that concerns a record, not the structure.
///
/// libcsv does not tell where it is, so it gets one physical line at a time, and a line with the end of a record can
/// hold only one. That gives line numbers that are exact whatever is quoted, and an error comes only after all
/// records before it. Blocking; for one thread at a time.
package struct CSVReader: ~Copyable {
    private var lines: LineCutter
    private var parser: RowParser
    private let maxFieldBytes: Int
    private let maxRecordBytes: Int
    /// The physical line that the next piece belongs to, from 1.
    private var line = 1
    /// Characters of this line before the next piece.
    private var charactersBefore = 0
    /// Where the field begins that the last piece has left open.
    private var openFieldPlace = (line: 0, column: 0)
    /// The error that has ended the reading.
    private var failure: (any Error)?

    /// - Parameters:
    ///   - source: read from its start; closed together with the reader.
    ///   - delimiter: what separates fields.
    ///   - maxFieldBytes: a field with more bytes is an error, at least 1.
    ///   - maxRecordBytes: a record with more bytes, counting one more for each field, is an error. It bounds the
    ///     memory when a file has lost its line breaks.
    package init(
        _ source: consuming InputSource,
        delimiter: CSVDelimiter = .comma,
        maxFieldBytes: Int = 1 << 20,
        maxRecordBytes: Int = 1 << 24
    ) {
        precondition(maxFieldBytes >= 1, "a limit of \(maxFieldBytes) bytes for a field")
        precondition(maxRecordBytes <= UInt32.max, "a limit of \(maxRecordBytes) bytes for a record")
        lines = LineCutter(source)
        parser = RowParser(delimiter: delimiter, maxFieldBytes: maxFieldBytes, maxRecordBytes: maxRecordBytes)
        self.maxFieldBytes = maxFieldBytes
        self.maxRecordBytes = maxRecordBytes
    }

    /// SHA-256 over the input as it is stored, before inflating, as 64 hexadecimal digits. Nil until `next` has
    /// returned false.
    package var sha256: String? { lines.sha256 }

    /// Whether the line on which the last record ended was ended by a CR alone, though the input went on.
    package private(set) var lineEndsWithBareCR = false

    /// Whether the next call of ``next(into:)`` needs bytes that were not read yet, so that it may have to wait for the
    /// other end of a pipe.
    package var mayBlock: Bool { lines.mayBlock }

    /// Reads the next record into `record`, which keeps its content when there is none.
    ///
    /// - Returns: false at the end of the input, again at each further call.
    /// - Throws: `CSVError` when the structure is broken, `InputError` when reading fails; all records before that
    ///   place have been delivered. The same error again at each further call.
    package mutating func next(into record: inout CSVRecord) throws -> Bool {
        if let failure { throw failure }
        do {
            return try readRecord(into: &record)
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func readRecord(into record: inout CSVRecord) throws -> Bool {
        while true {
            switch lines.next(atMost: maxFieldBytes) {
            case .piece(let range, let endsLine):
                try parse(range, endsLine: endsLine)
                lineEndsWithBareCR =
                    endsLine && lines.text[range.upperBound - 1] == UInt8(ascii: "\r") && !lines.isUsedUp
                if parser.takeRecord(into: &record) { return true }
            case .end(.endOfInput):
                lineEndsWithBareCR = false
                try finish()
                return parser.takeRecord(into: &record)
            case .end(.invalidUTF8):
                throw CSVError.invalidUTF8(at: position(line, charactersBefore + 1))
            case .end(.failure(.damagedGzip)):
                throw CSVError.damagedGzip(file: lines.name, afterLine: line - 1)
            case .end(.failure(.input(let error))):
                throw error
            }
        }
    }

    /// Gives the current line, or the next part of it, to libcsv, and finds the place if libcsv refuses.
    private mutating func parse(_ range: Range<Int>, endsLine: Bool) throws(CSVError) {
        let stateBefore = parser.state
        if stateBefore == .rowNotBegun { parser.beginRecord(line: line) }
        let fieldsBefore = parser.record.fieldCount
        let (end, verdict) = parser.parse(lines.text, in: range)
        try checkSize(ofField: fieldsBefore)
        if parser.state.isInField, !stateBefore.isInField || parser.record.fieldCount > fieldsBefore {
            let start = parser.startOfOpenField(in: lines.text, before: end)
            openFieldPlace = (line, column(of: start, inPieceFrom: range.lowerBound))
        }
        switch verdict {
        case .taken:
            if endsLine {
                line += 1
                charactersBefore = 0
            } else {
                charactersBefore += characterCount(of: lines.text, in: range)
            }
        case .broken:
            let place = position(line, column(of: end, inPieceFrom: range.lowerBound))
            throw parser.state == .fieldBegun ? .quoteInsideUnquotedField(at: place) : .textAfterClosingQuote(at: place)
        case .fieldTooLong:
            let isOpen = parser.isQuoted && parser.state == .fieldBegun
            throw .fieldTooLong(at: openField, limit: maxFieldBytes, quoted: isOpen)
        case .recordTooLong:
            throw .recordTooLong(file: lines.name, line: parser.record.line, limit: maxRecordBytes)
        }
    }

    private mutating func finish() throws(CSVError) {
        let fieldsBefore = parser.record.fieldCount
        let verdict = parser.finish()
        try checkSize(ofField: fieldsBefore)
        switch verdict {
        case .taken: return
        case .recordTooLong:
            throw .recordTooLong(file: lines.name, line: parser.record.line, limit: maxRecordBytes)
        case .broken, .fieldTooLong: throw .unclosedQuote(at: openField)
        }
    }

    /// Refuses the field that was completed first in a piece if it is too long by the byte that libcsv's buffer has
    /// to spare. Only that field can be: a piece is not longer than the limit, so a longer field began before it.
    private func checkSize(ofField field: Int) throws(CSVError) {
        guard field < parser.record.fieldCount, parser.record.byteCount(of: field) > maxFieldBytes else { return }
        throw .fieldTooLong(at: openField, limit: maxFieldBytes, quoted: false)
    }

    private var openField: CSVPosition { position(openFieldPlace.line, openFieldPlace.column) }

    private func position(_ line: Int, _ column: Int) -> CSVPosition {
        CSVPosition(file: lines.name, line: line, column: column)
    }

    private func column(of index: Int, inPieceFrom start: Int) -> Int {
        charactersBefore + characterCount(of: lines.text, in: start..<index) + 1
    }
}
