import RawPaths
import Testing

@Suite("Paths that are not UTF-8")
struct RawPathTests {
    @Test(
        "go through text and come out as they were",
        arguments: [
            Array("users.csv".utf8), [0x75, 0xFC, 0x2E], [0xE2, 0x82], [0xFF],
            [0xC3, 0xBC, 0x80, 0xF0, 0x9F, 0x98, 0x80],
            [0xED, 0xA0, 0x80], [],
        ] as [[UInt8]]
    )
    func roundTrip(bytes: [UInt8]) {
        #expect(RawPath.text(bytes).pathBytes.dropLast().map { UInt8(bitPattern: $0) } == bytes)
    }

    @Test("every byte alone, and beside a letter")
    func allBytes() {
        for byte in 1...255 as ClosedRange<UInt8> {
            for bytes in [[byte], [0x61, byte], [byte, 0x61]] {
                #expect(RawPath.text(bytes).pathBytes.dropLast().map { UInt8(bitPattern: $0) } == bytes)
            }
        }
    }

    @Test("are shown with their bytes")
    func shown() {
        #expect(RawPath.shown(RawPath.text([0x75, 0xFC, 0x2E])) == "u\\xfc.")
        #expect(RawPath.shown("ü.csv") == "ü.csv")
        #expect(RawPath.text([0x75, 0xFC]).isRawPath && !"ü".isRawPath)
    }
}
