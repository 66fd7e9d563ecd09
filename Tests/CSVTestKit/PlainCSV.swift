package import CSVReading

/// The rules of the format, applied to one byte after the other: slow, plain, and written apart from the reader.
package struct PlainCSV {
    private enum Place {
        case recordStart, fieldStart, unquoted, quoted, behindQuote
    }

    private let delimiter: CSVDelimiter
    private let maxFieldBytes: Int

    package init(delimiter: CSVDelimiter = .comma, maxFieldBytes: Int = 1 << 20) {
        self.delimiter = delimiter
        self.maxFieldBytes = maxFieldBytes
    }

    /// What a reader has to say about these bytes, under the name that `Reading` gives them.
    package func reading(of input: [UInt8]) -> Reading {
        var (bytes, unfit) = Self.text(of: input)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }

        var reading = Reading()
        var place = Place.recordStart
        var (line, column, recordLine) = (1, 1, 1)
        var fieldStart = CSVPosition(file: "users.csv", line: 1, column: 1)
        var (field, blanks): ([UInt8], [UInt8]) = ([], [])
        var fields: [String] = []
        var previous: UInt8 = 0
        var skipped = 0

        /// Bytes that the field takes of its allowance of two more than the limit: blanks and closing quote count.
        func held() -> Int { field.count + blanks.count + (place == .behindQuote ? 1 : 0) }
        func tooLong() -> Reading {
            let error = CSVError.fieldTooLong(at: fieldStart, limit: maxFieldBytes, quoted: place == .quoted)
            return Reading(rows: reading.rows, error: "\(error)")
        }
        func endField() {
            fields.append(String(decoding: field, as: UTF8.self))
            (field, blanks) = ([], [])
            place = .fieldStart
        }
        func endRecord() {
            reading.rows.append(Reading.Row(line: recordLine, fields: fields))
            fields = []
            place = .recordStart
        }

        for (index, byte) in zip(bytes.indices, bytes) {
            if place == .recordStart, maxFieldBytes > 3, skipped > 0 || column == 1,
                skipped > 0 || bytes[index...].starts(with: [0xEF, 0xBB, 0xBF, 0x22])
            {
                // A mark that a quote follows at the start of a record's line.
                skipped = skipped == 0 ? 2 : skipped - 1
                if byte == 0xEF { column += 1 }
                previous = byte
                continue
            }
            let here = CSVPosition(file: "users.csv", line: line, column: column)
            let isBlank = byte != delimiter.byte && (byte == 0x20 || byte == 0x09)
            let isBreak = byte == 0x0A || byte == 0x0D
            if held() == maxFieldBytes + 2 { return tooLong() }
            switch place {
            case .recordStart, .fieldStart:
                if isBlank || isBreak && place == .recordStart { break }
                if place == .recordStart { recordLine = line }
                fieldStart = here
                if isBreak || byte == delimiter.byte {
                    endField()
                    if isBreak { endRecord() }
                } else {
                    place = byte == 0x22 ? .quoted : .unquoted
                    if place == .unquoted { field = [byte] }
                }
            case .unquoted:
                if byte == 0x22 {
                    return Reading(rows: reading.rows, error: "\(CSVError.quoteInsideUnquotedField(at: here))")
                }
                if isBreak || byte == delimiter.byte {
                    if field.count > maxFieldBytes { return tooLong() }
                    endField()
                    if isBreak { endRecord() }
                } else if isBlank {
                    blanks.append(byte)
                } else {
                    field += blanks + [byte]
                    blanks = []
                }
            case .quoted:
                if byte == 0x22 { place = .behindQuote } else { field.append(byte) }
            case .behindQuote:
                if isBreak || byte == delimiter.byte {
                    if field.count > maxFieldBytes { return tooLong() }
                    endField()
                    if isBreak { endRecord() }
                } else if isBlank {
                    blanks.append(byte)
                } else if byte == 0x22, blanks.isEmpty {
                    field.append(byte)
                    place = .quoted
                } else {
                    return Reading(rows: reading.rows, error: "\(CSVError.textAfterClosingQuote(at: here))")
                }
            }
            if isBreak {
                if byte == 0x0D || previous != 0x0D { line += 1 }
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            previous = byte
        }

        if let unfit {
            let end = CSVPosition(file: "users.csv", line: line, column: column)
            let isMarked = unfit != "UTF-8" || input.starts(with: [0xEF, 0xBB, 0xBF])
            let error =
                isMarked ? CSVError.unlikeByteOrderMark(at: end, encoding: unfit) : .invalidUTF8(at: end)
            return Reading(rows: reading.rows, error: "\(error)")
        }
        if place == .quoted { return Reading(rows: reading.rows, error: "\(CSVError.unclosedQuote(at: fieldStart))") }
        if place != .recordStart {
            if field.count > maxFieldBytes { return tooLong() }
            endField()
            endRecord()
        }
        return reading
    }

    /// The text as UTF-8, up to the first place that does not fit the encoding that a mark tells, UTF-8 without one; and
    /// the name of the encoding where there is such a place.
    private static func text(of input: [UInt8]) -> (text: [UInt8], unfit: String?) {
        func decoded<Encoding: Unicode.Encoding>(
            _ name: String,
            _ encoding: Encoding.Type,
            width: Int,
            _ isBig: Bool
        ) -> ([UInt8], String?) where Encoding.CodeUnit: FixedWidthInteger {
            let bytes = input.dropFirst(width)
            let units = stride(from: bytes.startIndex, to: bytes.endIndex - width + 1, by: width).map { start in
                let unit = bytes[start..<start + width]
                return (isBig ? Array(unit) : unit.reversed()).reduce(Encoding.CodeUnit(0)) {
                    $0 << 8 | Encoding.CodeUnit($1)
                }
            }
            var parser = Encoding.ForwardParser()
            var rest = units.makeIterator()
            var text: [UInt8] = []
            var taken = 0
            while case .valid(let character) = parser.parseScalar(from: &rest) {
                taken += character.count
                text += Array(String(Encoding.decode(character)).utf8)
            }
            return (text, taken * width == bytes.count ? nil : name)
        }
        if input.starts(with: [0xFF, 0xFE, 0, 0]) { return decoded("UTF-32LE", UTF32.self, width: 4, false) }
        if input.starts(with: [0, 0, 0xFE, 0xFF]) { return decoded("UTF-32BE", UTF32.self, width: 4, true) }
        if input.starts(with: [0xFF, 0xFE]) { return decoded("UTF-16LE", UTF16.self, width: 2, false) }
        if input.starts(with: [0xFE, 0xFF]) { return decoded("UTF-16BE", UTF16.self, width: 2, true) }
        let length = lengthOfUTF8(in: input)
        return (Array(input.prefix(length)), length == input.count ? nil : "UTF-8")
    }

    /// The bytes of all whole characters before the first place that is not UTF-8.
    private static func lengthOfUTF8(in bytes: [UInt8]) -> Int {
        var parser = UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var length = 0
        while case .valid(let character) = parser.parseScalar(from: &rest) { length += character.count }
        return length
    }
}
