package import CSVReading

/// Everything that a reader says about an input: what tests compare.
package struct Reading: Equatable {
    package struct Row: Equatable {
        package var line: Int
        package var fields: [String]

        package init(line: Int, fields: [String]) {
            self.line = line
            self.fields = fields
        }
    }

    package var rows: [Row] = []
    /// The whole message of the error that ended the reading.
    package var error: String?

    package init(rows: [Row] = [], error: String? = nil) {
        self.rows = rows
        self.error = error
    }

    /// Reads to the end, and then calls twice more: an end and an error must stay what they are.
    package init(
        of source: consuming InputSource,
        encoding: TextEncoding = .utf8,
        delimiter: CSVDelimiter = .comma,
        maxFieldBytes: Int = 1 << 20,
        maxRecordBytes: Int = 1 << 24
    ) {
        var reader = CSVReader(
            source,
            encoding: encoding,
            delimiter: delimiter,
            maxFieldBytes: maxFieldBytes,
            maxRecordBytes: maxRecordBytes
        )
        var record = CSVRecord()
        var ends: [String?] = []
        while ends.count < 3 {
            do {
                if try reader.next(into: &record) {
                    rows.append(Row(line: record.line, fields: record.texts))
                } else {
                    ends.append(nil)
                }
            } catch {
                ends.append("\(error)")
            }
        }
        error = Set(ends).count == 1 ? ends[0] : "the end did not stay the same: \(ends)"
    }

    package init(
        of bytes: [UInt8],
        blockSize: Int = 1 << 16,
        delimiter: CSVDelimiter = .comma,
        maxFieldBytes: Int = 1 << 20,
        maxRecordBytes: Int = 1 << 24
    ) {
        self.init(
            of: InputSource(bytes: bytes, name: "users.csv", blockSize: blockSize),
            delimiter: delimiter,
            maxFieldBytes: maxFieldBytes,
            maxRecordBytes: maxRecordBytes
        )
    }
}
