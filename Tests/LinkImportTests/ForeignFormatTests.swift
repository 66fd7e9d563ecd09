import Testing

@testable import LinkImport

@Suite("ForeignFormat")
struct ForeignFormatTests {
    @Test("is told by the first bytes")
    func told() {
        let formats: [(bytes: [UInt8], format: ForeignFormat?)] = [
            ([0x50, 0x4B, 0x03, 0x04, 0x14], .spreadsheet), ([0xD0, 0xCF, 0x11, 0xE0], .spreadsheet),
            (Array("SQLite format 3\0".utf8), .database), ([0xFF, 0xFE, 0x75, 0x00], .utf16("UTF-16")),
            ([0xFE, 0xFF, 0x00, 0x75], .utf16("UTF-16")), ([0x75, 0x00, 0x73, 0x00], .utf16("UTF-16LE")),
            ([0x00, 0x75, 0x00, 0x73], .utf16("UTF-16BE")), (Array("userID,externalId".utf8), nil),
            ([0xEF, 0xBB, 0xBF, 0x75], nil), ([0x1F, 0x8B, 0x08, 0x00], nil), ([], nil), ([0x50], nil),
            ([0x75, 0x00, 0x73], nil), ([0, 0, 0, 0], nil),
        ]
        for (bytes, format) in formats { #expect(ForeignFormat(bytes) == format, "\(bytes)") }
    }
}
