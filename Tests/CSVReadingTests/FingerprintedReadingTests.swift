import CSVReading
import CSVTestKit
import SeededRandom
import Testing

@Suite("A second reading sees what the first one saw")
struct FingerprintedReadingTests {
    private func fingerprint(of bytes: [UInt8]) throws -> InputFingerprint {
        var reader = CSVReader(InputSource(bytes: bytes, name: "users.csv"))
        var record = CSVRecord()
        while try reader.next(into: &record) {}
        let fingerprint = reader.fingerprint
        return try #require(fingerprint)
    }

    /// The rows of a reading that expects what another one has seen, and its error.
    private func read(
        _ bytes: [UInt8],
        expecting expected: InputFingerprint
    ) -> (rows: Int, error: String?) {
        var reader = CSVReader(InputSource(bytes: bytes, name: "users.csv", expecting: expected))
        var record = CSVRecord()
        var rows = 0
        do {
            while try reader.next(into: &record) { rows += 1 }
            return (rows, nil)
        } catch {
            return (rows, "\(error)")
        }
    }

    private func text(_ size: Int) -> [UInt8] {
        var text: [UInt8] = []
        var number = 1_000_000
        while text.count < size {
            text += Array("\(number),\(filler)\n".utf8)
            number += 1
        }
        return Array(text[..<size])
    }

    /// Few long rows: a test build reads slowly.
    private let filler = String(repeating: "x", count: 4087)
    private static let mebibyte = 1 << 20

    @Test(
        "the same bytes, and bytes behind them that nobody has seen",
        arguments: [0, 1, 15, 16, mebibyte, mebibyte + 1]
    )
    func grown(size: Int) throws {
        let bytes = text(size)
        let expected = try fingerprint(of: bytes)
        let rows = Reading(of: bytes).rows.count
        let same = read(bytes, expecting: expected)
        #expect(same == (rows, nil))
        for addition in ["x", "\n1,2\n"] {
            #expect(read(bytes + Array(addition.utf8), expecting: expected) == (rows, nil))
        }
    }

    @Test("a change is noticed before a row of its part is handed out", arguments: 0..<3 as Range<UInt64>)
    func changed(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let bytes = text(2 * Self.mebibyte + 1000)
        let expected = try fingerprint(of: bytes)
        let place = Int.random(in: 0..<bytes.count, using: &random)
        var other = bytes
        other[place] ^= 1
        let (rows, error) = read(other, expecting: expected)
        #expect(error?.contains("the file was changed while it was read") == true)
        #expect(rows * 4096 <= place / Self.mebibyte * Self.mebibyte)
        let short = read(Array(bytes.dropLast()), expecting: expected)
        #expect(short.error?.contains("the file was changed while it was read") == true)
    }
}
