import CLibCSV
import Glibc

/// libcsv in strict mode: bytes in any portions become fields, at most one record at a time.
///
/// Owns one parser, for one thread at a time. libcsv does the following with blanks (space and tab, but not a tab that
/// is the delimiter): outside quotes it drops those around a field, also between a quote and a delimiter, and it skips
/// lines that hold nothing else. Inside quotes it keeps them.
@safe struct RowParser: ~Copyable {
    /// What libcsv is about to read: `pstate` in its parser.
    /// Source: libcsv.c of libcsv 3.0.3, "Explanation of states".
    enum State: Int32 {
        case rowNotBegun
        case fieldNotBegun
        case fieldBegun
        /// Behind a quote in a quoted field: it was the end, or the first half of a doubled quote.
        case fieldMightHaveEnded

        var isInField: Bool { self == .fieldBegun || self == .fieldMightHaveEnded }
    }

    enum Verdict: Equatable {
        case taken
        /// The next byte breaks a rule.
        case broken
        /// The next byte is one too many for its field.
        case fieldTooLong
        case recordTooLong
    }

    private let parser: UnsafeMutablePointer<csv_parser>
    /// What the callbacks fill.
    private var row: RowUnderConstruction

    /// - Parameters:
    ///   - delimiter: what separates fields.
    ///   - maxFieldBytes: libcsv gets one buffer of about this size and no more; longer fields end in
    ///     `fieldTooLong`. Blanks behind a field count.
    ///   - maxRecordBytes: the bytes of all fields of a record, and one for each.
    init(delimiter: CSVDelimiter, maxFieldBytes: Int, maxRecordBytes: Int) {
        row = RowUnderConstruction(maxBytes: maxRecordBytes)
        unsafe parser = .allocate(capacity: 1)
        unsafe parser.initialize(to: csv_parser())
        let status = unsafe csv_init(parser, UInt8(CSV_STRICT | CSV_STRICT_FINI))
        precondition(status == 0, "libcsv could not start, status \(status)")
        unsafe csv_set_delim(parser, delimiter.byte)
        // The first block is all that the hook allows: the field, its closing quote, and the free byte that libcsv
        // wants to see before it takes the next one.
        unsafe csv_set_blk_size(parser, maxFieldBytes + 2)
        unsafe csv_set_realloc_func(parser) { block, size in unsafe block == nil ? malloc(size) : nil }
    }

    deinit {
        unsafe csv_free(parser)
        unsafe parser.deallocate()
    }

    /// To be called between records only.
    mutating func use(_ delimiter: CSVDelimiter) {
        unsafe csv_set_delim(parser, delimiter.byte)
    }

    var state: State {
        let state = unsafe parser.pointee.pstate
        guard let known = State(rawValue: state) else { preconditionFailure("libcsv is in state \(state)") }
        return known
    }

    /// Whether the field being read began with a quote.
    var isQuoted: Bool { unsafe parser.pointee.quoted != 0 }

    /// The record being read: its complete fields, and the line on which it begins.
    var record: CSVRecord { row.record }

    mutating func beginRecord(line: Int) {
        row.record.begin(line: line)
    }

    /// Parses `text[range]`, which holds at most one end of a record: in its last character.
    ///
    /// - Returns: the index up to which `text` was taken, and why not further.
    mutating func parse(_ text: [UInt8], in range: Range<Int>) -> (end: Int, verdict: Verdict) {
        let consumed = unsafe text.withUnsafeBufferPointer { text in
            let bytes = unsafe UnsafeBufferPointer(rebasing: text[range])
            return unsafe withUnsafeMutablePointer(to: &row) { row in
                unsafe csv_parse(parser, bytes.baseAddress, bytes.count, appendField, endRow, row)
            }
        }
        let end = range.lowerBound + consumed
        if row.isTooLong { return (end, .recordTooLong) }
        if end == range.upperBound { return (end, .taken) }
        return unsafe (end, csv_error(parser) == CSV_EPARSE ? .broken : .fieldTooLong)
    }

    /// Ends the input, which may end without a line break.
    ///
    /// - Returns: `broken` when it ends inside a quoted field.
    mutating func finish() -> Verdict {
        let status = unsafe withUnsafeMutablePointer(to: &row) { row in
            unsafe csv_fini(parser, appendField, endRow, row)
        }
        if row.isTooLong { return .recordTooLong }
        return status == 0 ? .taken : .broken
    }

    /// Hands over the record if it is complete, and takes the memory of the one before in exchange.
    mutating func takeRecord(into record: inout CSVRecord) -> Bool {
        guard row.isComplete else { return false }
        row.isComplete = false
        swap(&row.record, &record)
        return true
    }

    /// Where the field begins, its quote included, that libcsv is in after it has taken the bytes of `text` up to
    /// `end`. The whole field so far must stand there.
    ///
    /// libcsv says only how many bytes it holds of the field. They are counted back from the end; in a quoted field
    /// each quote stands for two.
    func startOfOpenField(in text: [UInt8], before end: Int) -> Int {
        var index = end
        var held = unsafe parser.pointee.entry_pos
        if state == .fieldMightHaveEnded {
            let closing = unsafe parser.pointee.spaces + 1
            index -= closing
            held -= closing
        }
        guard isQuoted else { return index - held }
        while held > 0 {
            index -= text[index - 1] == UInt8(ascii: "\"") ? 2 : 1
            held -= 1
        }
        return index - 1
    }
}

/// What libcsv's callbacks see. The pointer to it is valid during one call into libcsv.
private struct RowUnderConstruction {
    var record = CSVRecord()
    let maxBytes: Int
    var isComplete = false
    var isTooLong = false

    init(maxBytes: Int) {
        self.maxBytes = maxBytes
    }
}

private func appendField(_ start: UnsafeMutableRawPointer?, _ count: Int, _ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { preconditionFailure("libcsv called back without its context") }
    let row = unsafe context.assumingMemoryBound(to: RowUnderConstruction.self)
    guard unsafe row.pointee.record.byteCount + count < row.pointee.maxBytes else {
        unsafe row.pointee.isTooLong = true
        return
    }
    unsafe row.pointee.record.append(UnsafeRawBufferPointer(start: start, count: count))
}

private func endRow(_ end: Int32, _ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { preconditionFailure("libcsv called back without its context") }
    unsafe context.assumingMemoryBound(to: RowUnderConstruction.self).pointee.isComplete = true
}
