import CSVReading
import CSVTestKit
import SeededRandom
import Testing

@Suite("CSVReader, random inputs")
struct CSVReaderPropertyTests {
    private static let parts: [[UInt8]] =
        ["a", "b", ",", ",", "\"", "\"", "\"\"", "\n", "\r", "\r\n", " ", "\t", "é", "€", "😀", "\u{FEFF}", "\0"]
        .map { Array($0.utf8) }
    private static let brokenParts: [[UInt8]] = [[0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF0, 0x9F]]

    /// Bytes in which every rule has its chance, a third of them with bytes that are not UTF-8.
    static func randomBytes(using random: inout SplitMix64) -> [UInt8] {
        let choice = random.next() % 3 == 0 ? parts + brokenParts : parts
        return (0..<Int.random(in: 0...40, using: &random)).flatMap { _ in
            choice[Int.random(in: 0..<choice.count, using: &random)]
        }
    }

    @Test("records, lines and errors do not depend on where blocks are cut", arguments: 0..<250)
    func blocks(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<20 {
            let bytes = Self.randomBytes(using: &random)
            let limit = Bool.random(using: &random) ? 1 << 20 : Int.random(in: 1...12, using: &random)
            let recordLimit = Bool.random(using: &random) ? 1 << 20 : Int.random(in: 1...30, using: &random)
            let whole = Reading(of: bytes, maxFieldBytes: limit, maxRecordBytes: recordLimit)
            for blockSize in 1...5 {
                let cut = Reading(of: bytes, blockSize: blockSize, maxFieldBytes: limit, maxRecordBytes: recordLimit)
                #expect(cut == whole, "\(bytes) in blocks of \(blockSize), limits \(limit) and \(recordLimit)")
            }
        }
    }

    @Test("reads as the rules say, applied byte by byte", arguments: 0..<250)
    func rules(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<20 {
            let bytes = Self.randomBytes(using: &random)
            let limit = Bool.random(using: &random) ? 1 << 20 : Int.random(in: 1...12, using: &random)
            let delimiter = Bool.random(using: &random) ? CSVDelimiter.comma : .tab
            let reading = Reading(of: bytes, delimiter: delimiter, maxFieldBytes: limit)
            let expected = PlainCSV(delimiter: delimiter, maxFieldBytes: limit).reading(of: bytes)
            #expect(reading == expected, "\(bytes), limit \(limit), delimiter \(delimiter.byte)")
        }
    }

    @Test(
        "an input larger than the buffer reads the same in blocks of any size",
        arguments: [1000, 4099, 65535, 65536]
    )
    func largeInput(blockSize: Int) {
        var random = SplitMix64(seed: UInt64(blockSize))
        var writer = CSVWriter()
        var rows: [Reading.Row] = []
        var line = 1
        while writer.bytes.count < 300_000 {
            let fields = (0..<3).map { _ in
                String(
                    repeating: ["é", "x", "\"", "\r\n"].randomElement(using: &random) ?? "x",
                    count: Int(random.next() % 40)
                )
            }
            fields.forEach { writer.append($0) }
            writer.endRecord()
            rows.append(Reading.Row(line: line, fields: fields))
            line += 1 + fields.joined().count { $0 == "\r\n" }
        }
        #expect(Reading(of: writer.bytes, blockSize: blockSize) == Reading(rows: rows))
    }
}
