import CSVReading
import CSVTestKit
import SeededRandom

/// More than a field of an input has. libcsv's buffer has this size, and the product's 1 MiB would be most of the time.
private let roomyFieldLimit = 1 << 14

private let delimiters = [CSVDelimiter.comma, .tab] + ";|".utf8.compactMap { CSVDelimiter($0) }

extension FuzzTarget {
    /// Rows, lines and errors are those of the plain reading, wherever the blocks are cut, and what is written of the
    /// rows says the same.
    func checkCSV(_ input: [UInt8]) throws(BrokenRule) {
        var random = SplitMix64(for: input)
        let delimiter = random.oneIn(2) ? CSVDelimiter.comma : delimiters.randomElement(using: &random) ?? .comma
        let fieldLimit = random.oneIn(4) ? Int.random(in: 1...12, using: &random) : roomyFieldLimit
        let whole = Reading(of: input, delimiter: delimiter, maxFieldBytes: fieldLimit)
        let plain = PlainCSV(delimiter: delimiter, maxFieldBytes: fieldLimit).reading(of: input)
        try require(whole == plain, "the reading is \(whole), and by the rules \(plain)")

        let recordLimit = random.oneIn(4) ? Int.random(in: 1...30, using: &random) : 1 << 24
        let blockSizes = [1, Int.random(in: 2...64, using: &random), 1 << 16]
        let cut = blockSizes.map { blockSize in
            Reading(
                of: input,
                blockSize: blockSize,
                delimiter: delimiter,
                maxFieldBytes: fieldLimit,
                maxRecordBytes: recordLimit
            )
        }
        for (blockSize, reading) in zip(blockSizes, cut) {
            try require(reading == cut[0], "in blocks of \(blockSize) the reading is \(reading), bytewise \(cut[0])")
        }

        var writer = CSVWriter(delimiter: delimiter)
        for row in whole.rows {
            for field in row.fields { writer.append(field) }
            writer.endRecord()
        }
        let again = Reading(of: writer.bytes, delimiter: delimiter, maxFieldBytes: roomyFieldLimit)
        try require(
            again.error == nil && again.rows.map(\.fields) == whole.rows.map(\.fields),
            "written and read again, \(whole) becomes \(again)"
        )
    }

    /// Whatever is damaged, it shows in the same way wherever the blocks are cut.
    func checkGzip(_ input: [UInt8]) throws(BrokenRule) {
        var random = SplitMix64(for: input)
        let bytes = input.starts(with: [0x1F, 0x8B]) ? input : [0x1F, 0x8B] + input
        let whole = Reading(of: bytes, maxFieldBytes: roomyFieldLimit)
        for blockSize in [1, Int.random(in: 2...64, using: &random)] {
            let cut = Reading(of: bytes, blockSize: blockSize, maxFieldBytes: roomyFieldLimit)
            try require(cut == whole, "in blocks of \(blockSize) the reading is \(cut), in one \(whole)")
        }
    }
}
