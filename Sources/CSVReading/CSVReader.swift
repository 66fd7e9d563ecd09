/// Reads the records of a CSV file (RFC 4180) one after the other, strictly and with fixed memory.
///
/// - LF, CRLF and a lone CR end a line. Lines that are empty or hold only blanks (spaces, tabs) are counted and skipped.
/// - Blanks around a field are dropped, those inside quotes are kept: ` "a" ,b` holds `a` and `b`.
/// - A byte order mark at the start is dropped and says how the text is encoded. The last line may lack its line break.
/// - A byte order mark between the start of a record's line and a quote is dropped: it comes of files put one behind the other.
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
    ///   - encoding: of a text without a byte order mark.
    ///   - delimiter: what separates fields.
    ///   - maxFieldBytes: a field with more bytes is an error, at least 1.
    ///   - maxRecordBytes: a record with more bytes, counting one more for each field, is an error. It bounds the
    ///     memory when a file has lost its line breaks.
    package init(
        _ source: consuming InputSource,
        encoding: TextEncoding = .utf8,
        delimiter: CSVDelimiter = .comma,
        maxFieldBytes: Int = 1 << 20,
        maxRecordBytes: Int = 1 << 24
    ) {
        precondition(maxFieldBytes >= 1, "a limit of \(maxFieldBytes) bytes for a field")
        precondition(maxRecordBytes <= UInt32.max, "a limit of \(maxRecordBytes) bytes for a record")
        lines = LineCutter(source, encoding: encoding)
        self.delimiter = delimiter
        parser = RowParser(delimiter: delimiter, maxFieldBytes: maxFieldBytes, maxRecordBytes: maxRecordBytes)
        self.maxFieldBytes = maxFieldBytes
        self.maxRecordBytes = maxRecordBytes
    }

    /// SHA-256 over the input as it is stored, before inflating, as 64 hexadecimal digits. Nil until `next` has
    /// returned false.
    package var sha256: String? { lines.sha256 }

    /// By what a later reading knows the same bytes again. Nil until `next` has returned false.
    package var fingerprint: InputFingerprint? { lines.fingerprint }

    /// The first bytes of the input, inflated but not converted: at most 512 of those that were read so far.
    package var head: [UInt8] { lines.head }

    /// Whether the input is gzip. Known once something was read.
    package var isGzip: Bool { lines.isGzip }

    /// What separates fields.
    package private(set) var delimiter: CSVDelimiter

    /// Whether the input ends without a line break, though it has some before. Known when `next` has returned false.
    package private(set) var endsWithinLine = false
    private var isWithinLine = false

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
                isWithinLine = !endsLine && line > 1
                try parse(range, endsLine: endsLine)
                lineEndsWithBareCR =
                    endsLine && lines.text[range.upperBound - 1] == UInt8(ascii: "\r") && !lines.isUsedUp
                if parser.takeRecord(into: &record) { return true }
            case .end(.endOfInput):
                lineEndsWithBareCR = false
                try finish()
                guard parser.takeRecord(into: &record) else { return false }
                endsWithinLine = isWithinLine
                return true
            case .end(.invalidUTF8), .end(.failure(.unfitText)):
                throw unfit
            case .end(.failure(.changed)):
                throw CSVError.changed(file: lines.name, afterLine: line - 1)
            case .end(.failure(.damagedGzip)):
                throw CSVError.damagedGzip(file: lines.name, afterLine: line - 1)
            case .end(.failure(.input(let error))):
                throw error
            }
        }
    }

    /// The next bytes do not fit the encoding.
    private var unfit: CSVError {
        let place = position(line, charactersBefore + 1)
        let encoding = lines.encoding
        guard ByteOrderMark(lines.head.prefix(4)) == nil else {
            return .unlikeByteOrderMark(at: place, encoding: encoding.name)
        }
        return encoding == .utf8 ? .invalidUTF8(at: place) : .unfitText(at: place, encoding: encoding.name)
    }

    /// Gives the current line, or the next part of it, to libcsv, and finds the place if libcsv refuses.
    private mutating func parse(_ range: Range<Int>, endsLine: Bool) throws(CSVError) {
        let stateBefore = parser.state
        if stateBefore == .rowNotBegun { parser.beginRecord(line: line) }
        let fieldsBefore = parser.record.fieldCount
        let isMarked =
            stateBefore == .rowNotBegun && charactersBefore == 0 && lines.text[range].starts(with: Self.markedQuote)
        let (end, verdict) = parser.parse(lines.text, in: isMarked ? range.dropFirst(3) : range)
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

    /// A byte order mark before a quote.
    private static let markedQuote: [UInt8] = [0xEF, 0xBB, 0xBF, UInt8(ascii: "\"")]

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

    /// Takes a first line `sep=X`, quoted or not, which names the delimiter and is no header. To be called first.
    ///
    /// - Returns: the delimiter, which is used from now on; nil where there is no such line.
    package mutating func takeSeparatorLine() -> CSVDelimiter? {
        let isBreak: (UInt8) -> Bool = { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        let text = lines.peek { $0.count > 16 || $0.contains(where: isBreak) }
        guard let named = CSVDelimiter(separatorLine: text.prefix { !isBreak($0) }),
            case .piece(_, let endsLine) = lines.next(atMost: maxFieldBytes)
        else { return nil }
        if endsLine { line += 1 }
        use(named)
        return named
    }

    /// The first record with something in it, as it is with another delimiter; nil where it cannot be read, or goes
    /// beyond 64 KiB. To be called before anything is read.
    package mutating func firstRecord(with delimiter: CSVDelimiter) -> CSVRecord? {
        let text = Array(lines.peek { Self.holdsWholeRecord($0) })
        var reader = CSVReader(InputSource(bytes: text, name: lines.name), delimiter: delimiter)
        var record = CSVRecord()
        repeat {
            guard (try? reader.next(into: &record)) == true else { return nil }
        } while record.isBlank
        return record
    }

    /// Whether a line break stands outside quotes, behind anything that is no blank and no common delimiter.
    private static func holdsWholeRecord(_ text: ArraySlice<UInt8>) -> Bool {
        var isQuoted = false
        var hasText = false
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if hasText, !isQuoted { return true }
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"): break
            default: hasText = true
            }
        }
        return false
    }

    /// Separates fields by `delimiter` from now on. To be called before anything is read.
    package mutating func use(_ delimiter: CSVDelimiter) {
        self.delimiter = delimiter
        parser.use(delimiter)
    }

    /// Goes to a line, from 1, without looking at what stands before it, and forgets a record that was not read whole.
    ///
    /// The line must not be within a record. Damage on the way shows in the next ``next(into:)``.
    package mutating func skip(toLine target: Int) {
        while line < target, case .piece(_, let endsLine) = lines.next(atMost: maxFieldBytes) {
            if endsLine { line += 1 }
        }
    }
}
