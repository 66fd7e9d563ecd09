import SeededRandom
import Testing

@testable import CSVReading

@Suite("UTF8Prefix")
struct UTF8PrefixTests {
    @Test("takes every Unicode scalar and cuts it anywhere")
    func allScalars() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let bytes = Array(String(scalar).utf8)
            for count in 1...bytes.count {
                let prefix = UTF8Prefix(of: bytes, in: 0..<count)
                let isWhole = count == bytes.count
                if prefix.end == (isWhole ? count : 0), prefix.rest == (isWhole ? .nothing : .cutCharacter) { continue }
                Issue.record("the first \(count) bytes of \(bytes) give \(prefix)")
            }
        }
    }

    @Test("agrees with the standard library on random bytes", arguments: 0..<200)
    func randomBytes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let samples: [UInt8] =
            [0x20, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1]
            + [0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF]
        for _ in 0..<200 {
            let ascii = [UInt8](repeating: 0x61, count: Int(random.next() % 20))
            let bytes =
                ascii + (0..<Int(random.next() % 5)).map { _ in samples[Int(random.next() % UInt64(samples.count))] }
            let prefix = UTF8Prefix(of: bytes, in: 0..<bytes.count)
            #expect((prefix.rest == .nothing) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
            #expect(String(validating: bytes[..<prefix.end], as: UTF8.self) != nil, "\(bytes)")
        }
    }
}
