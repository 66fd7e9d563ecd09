import CSVReading
import DurableSteps
import Glibc
import Ledger
import LinkRows
import PingOneClient
import RawPaths

/// One of the two files for people that a run leaves: rows as the input has them, followed by what became of them.
///
/// The rows are written while the run goes on, in the order in which they end, to a file beside it that takes its place
/// at the end, in the order of the input. Nothing is left when there are none. Mode 0600, since the rows hold what the
/// input holds.
struct ResultFile: ~Copyable {
    /// The columns behind the input's own.
    static let columns = ["pinglink_line", "pinglink_state", "pinglink_error", "pinglink_hint"]

    let path: String
    private(set) var rows = 0
    private let header: CSVRecord
    private let plan: ColumnPlan
    private let delimiter: CSVDelimiter
    private var writer: CSVWriter
    private var descriptor: Int32 = -1
    /// Where each row begins in the file: 16 bytes a row that did not get through.
    private var places: [(line: Int, offset: Int)] = []
    private var writtenBytes = 0

    init(path: String, plan: ColumnPlan, delimiter: CSVDelimiter) {
        self.path = path
        self.plan = plan
        self.delimiter = delimiter
        header = CSVRecord(fields: plan.names)
        writer = CSVWriter(delimiter: delimiter)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    private var temporaryPath: String { path + ".part" }

    mutating func append(_ record: CSVRecord, state: LinkState, problem: RowProblem) throws(ResultFileError) {
        if descriptor < 0 {
            try create()
            // Another delimiter is not found without being told.
            if !CSVDelimiter.common.contains(delimiter) { writer.appendSeparatorLine() }
            appendOwnFields(of: header)
            for column in Self.columns { writer.append(column) }
            writer.endRecord()
        }
        places.append((record.line, writtenBytes + writer.bytes.count))
        appendOwnFields(of: record)
        for _ in ownFields(of: record)..<max(ownFields(of: record), plan.ownColumnCount) { writer.append("") }
        writer.append(String(record.line))
        writer.append(state.rawValue)
        writer.append(problem.summary)
        writer.append(problem.hint(for: state))
        appendRest(of: record)
        writer.endRecord()
        rows += 1
        if writer.bytes.count > 1 << 16 { try write() }
    }

    /// Puts the file in its place, or removes the one of an earlier run when there are no rows now.
    mutating func finish() throws(ResultFileError) {
        guard descriptor >= 0 else {
            unsafe unlink(temporaryPath.pathBytes)
            // A file that stays would tell of rows that are not in these states any more.
            var status = stat()
            guard unsafe lstat(path.pathBytes, &status) != 0 || unlink(path.pathBytes) == 0 else { throw failure() }
            DurableStep.reached(.resultFileRemoved)
            return
        }
        try write()
        try sortByLine()
        guard fsync(descriptor) == 0 else { throw failure() }
        let isClosed = close(descriptor) == 0
        descriptor = -1
        guard isClosed else { throw failure() }
        DurableStep.reached(.resultFileWritten)
        guard unsafe rename(temporaryPath.pathBytes, path.pathBytes) == 0 else { throw failure() }
        DurableStep.reached(.resultFileRenamed)
    }

    /// Removes what was written; a file of an earlier run stays.
    mutating func abandon() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        unsafe unlink(temporaryPath.pathBytes)
    }

    /// The fields as the input has them, without what an earlier run put behind them.
    private mutating func appendOwnFields(of record: CSVRecord) {
        for field in 0..<record.fieldCount where isOwn(field) {
            record.withBytes(of: field) { writer.append($0) }
        }
    }

    /// The fields that stand below no column. With them the record stays one that is not sent until it is corrected; so
    /// does one of a result file that has lost a field, of which nobody knows which one.
    private mutating func appendRest(of record: CSVRecord) {
        let rest = plan.names.count..<max(plan.names.count, record.fieldCount)
        for field in rest { record.withBytes(of: field) { writer.append($0) } }
        let isMisshapen = !plan.fieldCounts.contains(record.fieldCount) || plan.isShifted(record)
        if plan.isOfResultFile, isMisshapen, rest.isEmpty { writer.append("") }
    }

    private func ownFields(of record: CSVRecord) -> Int {
        (0..<record.fieldCount).count { isOwn($0) }
    }

    private func isOwn(_ field: Int) -> Bool {
        plan.roles.indices.contains(field) && plan.roles[field] != .ownResult
    }

    private mutating func create() throws(ResultFileError) {
        unsafe unlink(temporaryPath.pathBytes)
        // Exclusive: whoever put a link there in the meantime gets nothing written through it.
        descriptor = unsafe open(temporaryPath.pathBytes, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure() }
        DurableStep.reached(.resultFileBegun)
        writtenBytes = 0
    }

    /// Writes the rows once more, in the order of the input, unless they are in it already.
    private mutating func sortByLine() throws(ResultFileError) {
        guard zip(places, places.dropFirst()).contains(where: { $0.line > $1.line }), let first = places.first else {
            return
        }
        let end = writtenBytes
        let ends = places.dropFirst().map(\.offset) + [end]
        let rows = zip(places, ends).map { (line: $0.line, bytes: $0.offset..<$1) }.sorted { $0.line < $1.line }
        let unsorted = descriptor
        defer { close(unsorted) }
        try create()
        try copy(0..<first.offset, from: unsorted)
        for row in rows { try copy(row.bytes, from: unsorted) }
    }

    private mutating func copy(_ range: Range<Int>, from source: Int32) throws(ResultFileError) {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var read = 0
        while read < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    source,
                    buffer.baseAddress?.advanced(by: read),
                    buffer.count - read,
                    range.lowerBound + read
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure() }
            read += count
        }
        try write(bytes)
    }

    private mutating func write() throws(ResultFileError) {
        try write(writer.bytes)
        writer.removeAll()
    }

    private mutating func write(_ bytes: [UInt8]) throws(ResultFileError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure()
            }
            written += count
        }
        writtenBytes += written
    }

    private func failure() -> ResultFileError {
        unsafe ResultFileError(path: path, reason: String(cString: strerror(errno)))
    }
}

/// A file with rejected rows or rows to retry could not be written; the ledger has them all the same.
package struct ResultFileError: Error, Sendable, Equatable, CustomStringConvertible {
    package var path: String
    package var reason: String

    package var description: String {
        "\(path): cannot be written: \(reason). The ledger has every row's result: use pinglink export, "
            + "or correct that and run again."
    }
}
