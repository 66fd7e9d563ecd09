/// One record: its fields' text without quotes and outer blanks, and where it stands.
///
/// The fields lie one behind the other in one buffer. A record that is given to `CSVReader.next(into:)` again and
/// again brings its memory along, so that reading on does not allocate.
package struct CSVRecord: Sendable, Equatable {
    /// The physical line, from 1, on which the record begins. 0 in a record that nothing was read into.
    package private(set) var line: Int
    private var bytes: [UInt8]
    /// Where each field ends in `bytes`.
    private var ends: [UInt32]

    /// A record with these fields; with none, one to read into.
    package init(line: Int = 0, fields: [String] = []) {
        self.line = line
        bytes = []
        ends = []
        for field in fields {
            bytes.append(contentsOf: field.utf8)
            ends.append(UInt32(bytes.count))
        }
    }

    package var fieldCount: Int { ends.count }

    /// The text of a field, numbered from 0.
    package func text(_ field: Int) -> String {
        String(decoding: bytes[range(of: field)], as: UTF8.self)
    }

    /// The text of all fields.
    package var texts: [String] { (0..<fieldCount).map { text($0) } }

    /// Whether a field, numbered from 0, holds nothing. `""` and nothing at all are the same.
    package func isEmpty(_ field: Int) -> Bool {
        range(of: field).isEmpty
    }

    /// Whether no field holds anything but white space and invisible characters.
    package var isBlank: Bool { OuterBlanks.trimmed(bytes.span).isEmpty }

    /// Whether a field, numbered from 0, holds nothing but these.
    package func isBlank(_ field: Int) -> Bool {
        withBytes(of: field) { OuterBlanks.trimmed($0).isEmpty }
    }

    /// The text of a field, numbered from 0, without white space and invisible characters at its ends.
    package func trimmedText(_ field: Int) -> String {
        withBytes(of: field) { text in
            let range = OuterBlanks.trimmed(text)
            return String(
                decoding: bytes[self.range(of: field)].dropFirst(range.lowerBound).prefix(range.count),
                as: UTF8.self
            )
        }
    }

    /// Calls `body` with the UTF-8 bytes of a field, numbered from 0, without copying them.
    package func withBytes<Result, Failure: Error>(
        of field: Int,
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes.span.extracting(range(of: field)))
    }

    /// The first field, numbered from 0, that holds a NUL: text that no later stage can take. The structure of the
    /// file is not broken by it.
    ///
    /// - Complexity: O(bytes), at the speed of `memchr`.
    package var firstFieldWithNUL: Int? {
        guard let offset = firstIndex(of: 0, in: bytes, bytes.indices) else { return nil }
        return ends.firstIndex { offset < $0 }
    }

    private func range(of field: Int) -> Range<Int> {
        (field == 0 ? 0 : Int(ends[field - 1]))..<Int(ends[field])
    }

    /// Bytes that the fields take, with one for each field's delimiter.
    var byteCount: Int { bytes.count + ends.count }

    /// The number of bytes of a field, numbered from 0.
    package func byteCount(of field: Int) -> Int {
        range(of: field).count
    }

    /// Empties the record and keeps its memory.
    mutating func begin(line: Int) {
        self.line = line
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    mutating func append(_ field: UnsafeRawBufferPointer) {
        unsafe bytes.append(contentsOf: field)
        ends.append(UInt32(bytes.count))
    }
}
