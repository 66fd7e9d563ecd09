import Testing

@testable import LinkRows

@Suite("An input that is no CSV, but a file of another known format")
struct ForeignFormatTests {
    @Test("is told by the first bytes")
    func told() {
        let formats: [(bytes: [UInt8], format: ForeignFormat?)] = [
            ([0x50, 0x4B, 0x03, 0x04, 0x14], .zip(entry: nil)), ([0xD0, 0xCF, 0x11, 0xE0], .spreadsheet),
            ([0x50, 0x4B, 0x03, 0x04] + zipHeader(of: "[Content_Types].xml"), .spreadsheet),
            ([0x50, 0x4B, 0x03, 0x04] + zipHeader(of: "users.csv"), .zip(entry: "users.csv")),
            (Array("SQLite format 3\0".utf8), .database), (Array("%PDF-1.7".utf8), .document(name: "PDF")),
            ([0x75, 0x00, 0x73, 0x00], .utf16("UTF-16LE")), ([0x00, 0x75, 0x00, 0x73], .utf16("UTF-16BE")),
            ([0x28, 0xB5, 0x2F, 0xFD], .packed(name: "zstd", command: "zstd -dc", piped: "zstd -dc")),
            (Array("userID,externalId".utf8), nil), (Array("BZh9,externalId".utf8), nil),
            ([0xEF, 0xBB, 0xBF, 0x75], nil), ([], nil), ([0x50], nil), ([0x75, 0x00, 0x73], nil), ([0, 0, 0, 0], nil),
        ]
        for (bytes, format) in formats { #expect(ForeignFormat(bytes) == format, "\(bytes)") }
    }

    /// What stands behind the mark of a ZIP file, up to the name of its first entry.
    private func zipHeader(of name: String) -> [UInt8] {
        [UInt8](repeating: 0, count: 22) + [UInt8(name.utf8.count), 0, 0, 0] + Array(name.utf8)
    }

    @Test("the advice is a command that unpacks it, with the file's name as a word of the shell")
    func advice() throws {
        let zstd = try #require(ForeignFormat([0x28, 0xB5, 0x2F, 0xFD]))
        #expect(
            zstd.description(of: "my users.csv.zst", isStream: false, isInGzip: false)
                == "my users.csv.zst: this is a zstd file, not a CSV file. Unpack it and use what comes out: "
                + "zstd -dc 'my users.csv.zst' > 'my users.csv'"
        )
        #expect(
            zstd.description(of: "standard input", isStream: true, isInGzip: false)
                == "standard input: this is a zstd file, not a CSV file. "
                + "Unpack it on the way: … | zstd -dc | pinglink …"
        )
        #expect(
            ForeignFormat.zip(entry: "users.csv").description(of: "x.zip", isStream: false, isInGzip: false)
                == "x.zip: this is a zip file (its first entry is users.csv), not a CSV file. "
                + "Unpack it and use what comes out: unzip -p x.zip > x.csv"
        )
    }
}
