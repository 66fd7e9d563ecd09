/// A place in a CSV file.
package struct CSVPosition: Sendable, Equatable, CustomStringConvertible {
    /// The path as it was given, or "standard input".
    package var file: String
    /// The physical line, from 1. LF, CRLF and a lone CR each end a line, inside quotes too.
    package var line: Int
    /// The character (Unicode scalar) in the line, from 1. A byte order mark at the start of the file does not count.
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file): line \(line), column \(column)" }
}

/// What breaks the structure of a CSV file, so that nothing behind it can be read.
///
/// All records that were complete before the broken place have been delivered. Which error comes, and where, depends
/// on the bytes alone, never on how they arrived.
package enum CSVError: Error, Equatable, CustomStringConvertible {
    /// The file ends inside a quoted field, which opens at this quote.
    case unclosedQuote(at: CSVPosition)
    /// Behind a closing quote comes something other than blanks, a delimiter or the end of the line.
    case textAfterClosingQuote(at: CSVPosition)
    /// A quote stands in the middle of a field that does not begin with one.
    case quoteInsideUnquotedField(at: CSVPosition)
    /// The field that begins here has more than `limit` bytes; with `quoted`, its quote is probably never closed.
    case fieldTooLong(at: CSVPosition, limit: Int, quoted: Bool)
    /// The record that begins on this line has more than `limit` bytes, each field's delimiter included.
    case recordTooLong(file: String, line: Int, limit: Int)
    /// Here stand bytes that are not UTF-8: overlong, surrogates, above U+10FFFF, or a sequence that is cut off.
    case invalidUTF8(at: CSVPosition)
    /// Here stand bytes that do not fit the encoding that was declared.
    case unfitText(at: CSVPosition, encoding: String)
    /// Here stand bytes that do not fit the encoding that the byte order mark tells, which no flag overrules.
    case unlikeByteOrderMark(at: CSVPosition, encoding: String)
    /// The gzip data is cut off, fails its checksum, or has something other than zeros behind it. `afterLine` complete
    /// lines were read before.
    case damagedGzip(file: String, afterLine: Int)
    /// Behind this many complete lines the file is not what an earlier reading has seen.
    case changed(file: String, afterLine: Int)

    package var description: String {
        switch self {
        case .unclosedQuote(let position):
            "\(position): the quote that opens here is never closed. Close it, or check that the file is complete."
        case .textAfterClosingQuote(let position):
            "\(position): text follows a closing quote. "
                + "Write a quote that belongs to the text twice (\"\"), or put the delimiter between the fields."
        case .quoteInsideUnquotedField(let position):
            "\(position): a quote stands inside a field that does not begin with one. "
                + "Put the whole field in quotes and write each quote in it twice (\"\")."
        case .fieldTooLong(let position, let limit, quoted: true):
            "\(position): the field that begins here is longer than \(size(limit)); its quote is probably never closed. "
                + "Close it, or shorten the field."
        case .fieldTooLong(let position, let limit, quoted: false):
            "\(position): the field that begins here is longer than \(size(limit)). "
                + "Shorten it, or check that the file is a CSV file with this delimiter."
        case .recordTooLong(let file, let line, let limit):
            "\(file): line \(line): the record that begins here is longer than \(size(limit)). "
                + "Check that the file is a CSV file with line breaks."
        case .invalidUTF8(let position):
            "\(position): these bytes are not UTF-8. If a spreadsheet has saved the file as Windows-1252: "
                + "--encoding windows-1252. iconv -l lists other encodings; saved as UTF-8 it needs no flag."
        case .unfitText(let position, let encoding):
            "\(position): these bytes are not \(encoding). If the file is whole, its encoding is another one: name it "
                + "with --encoding (iconv -l lists them), or save the file as UTF-8."
        case .unlikeByteOrderMark(let position, let encoding):
            "\(position): these bytes are not \(encoding), as the byte order mark at the start of the file says. "
                + "Save the file as UTF-8 once more, or copy it again if it may be damaged."
        case .damagedGzip(let file, let line):
            "\(file): after line \(line): the gzip data is damaged or cut off. Check it with gzip -t and copy it again."
        case .changed(let file, let line):
            "\(file): after line \(line): the file was changed while it was read, and what follows was not checked. "
                + "Run the same command again."
        }
    }
}

/// A limit as people write it: "1 MiB", or "1000 bytes" when it is no round number of MiB.
private func size(_ bytes: Int) -> String {
    let mebibyte = 1 << 20
    return bytes >= mebibyte && bytes % mebibyte == 0 ? "\(bytes / mebibyte) MiB" : "\(bytes) bytes"
}
