/// What people give for a CSV file although it is something else, as its first bytes tell.
enum ForeignFormat: Equatable {
    /// An `.xlsx` or `.ods` file is a ZIP file; the `.xls` of old is a format of its own.
    case spreadsheet
    /// `iconv`'s name of the encoding.
    case utf16(String)
    /// A ledger, most likely.
    case database

    /// Nil for what may be CSV, and for too few bytes to tell. Sixteen are enough.
    init?(_ bytes: [UInt8]) {
        switch bytes {
        case _ where bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]): self = .spreadsheet
        case _ where bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]): self = .spreadsheet
        case _ where bytes.starts(with: "SQLite format 3\0".utf8): self = .database
        case _ where bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]): self = .utf16("UTF-16")
        // Without a mark: the header's names are ASCII, so that every other byte is zero.
        case _ where bytes.count >= 4 && bytes[1] == 0 && bytes[3] == 0 && bytes[0] != 0: self = .utf16("UTF-16LE")
        case _ where bytes.count >= 4 && bytes[0] == 0 && bytes[2] == 0 && bytes[1] != 0: self = .utf16("UTF-16BE")
        default: return nil
        }
    }

    /// What it is and what to do, without the name of the file.
    var description: String {
        switch self {
        case .spreadsheet: "this is a spreadsheet, not a CSV file. Export the sheet as CSV in UTF-8 and use that."
        case .utf16(let name):
            "this is UTF-16, not UTF-8. Save it as UTF-8, or convert it: iconv -f \(name) -t UTF-8 OLD.csv > NEW.csv"
        case .database:
            "this is a ledger or another SQLite database, not a CSV file. To see what is in a ledger: pinglink status."
        }
    }
}
