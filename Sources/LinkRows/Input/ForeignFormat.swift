import CSVReading
import RawPaths

/// What people give for a CSV file although it is something else, as its first bytes tell.
enum ForeignFormat: Equatable {
    /// A file that a program unpacks to standard output. `command`: without the file's name; `piped`: for what comes
    /// through a pipe, where the program can do that.
    case packed(name: String, command: String, piped: String?)
    /// The name of the first entry, if it can be read.
    case zip(entry: String?)
    /// A workbook: an `.xlsx` or `.ods` file is a ZIP file; the `.xls` of old is a format of its own.
    case spreadsheet
    /// `iconv`'s name of the encoding.
    case utf16(String)
    /// A ledger, most likely.
    case database
    case document(name: String)

    /// Nil for what may be CSV, and for too few bytes to tell. 512 are enough.
    init?(_ bytes: [UInt8]) {
        func begins(_ mark: String) -> Bool { bytes.starts(with: mark.utf8) }
        switch bytes {
        case _ where bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]):
            self = .packed(name: "zstd", command: "zstd -dc", piped: "zstd -dc")
        case _ where bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]):
            self = .packed(name: "xz", command: "xz -dc", piped: "xz -dc")
        case _ where begins("BZh") && bytes.dropFirst(4).starts(with: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]):
            self = .packed(name: "bzip2", command: "bzip2 -dc", piped: "bzip2 -dc")
        case _ where bytes.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]):
            self = .packed(name: "7z", command: "7z x -so", piped: nil)
        case _ where bytes.starts(with: [0x04, 0x22, 0x4D, 0x18]):
            self = .packed(name: "lz4", command: "lz4 -dc", piped: "lz4 -dc")
        case _ where bytes.starts(with: [0x1F, 0x9D]):
            self = .packed(name: "compress", command: "gzip -dc", piped: "gzip -dc")
        case _ where bytes.starts(with: [0x1F, 0x8B]):
            self = .packed(name: "gzip", command: "gzip -dc", piped: "gzip -dc")
        case _ where bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]): self = Self.zip(bytes)
        case _ where bytes.starts(with: [0x50, 0x4B, 0x05, 0x06]): self = .zip(entry: nil)
        case _ where bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]): self = .spreadsheet
        case _ where begins("SQLite format 3\0"): self = .database
        case _ where begins("%PDF-"): self = .document(name: "PDF")
        case _ where bytes.dropFirst(257).starts(with: "ustar".utf8):
            self = .packed(name: "tar", command: "tar -xOf", piped: "tar -xOf -")
        // Without a mark: the header's names are ASCII, so that every other byte is zero.
        case _ where bytes.count >= 4 && bytes[1] == 0 && bytes[3] == 0 && bytes[0] != 0 && bytes[2] != 0:
            self = .utf16("UTF-16LE")
        case _ where bytes.count >= 4 && bytes[0] == 0 && bytes[2] == 0 && bytes[1] != 0 && bytes[3] != 0:
            self = .utf16("UTF-16BE")
        default: return nil
        }
    }

    /// A ZIP file by its first entry.
    /// Source: APPNOTE.TXT, section 4.3.7, local file header: the name's length at byte 26, the name at byte 30.
    private static func zip(_ bytes: [UInt8]) -> ForeignFormat {
        guard bytes.count > 30 else { return .zip(entry: nil) }
        let length = Int(bytes[26]) | Int(bytes[27]) << 8
        let entry = String(decoding: bytes.dropFirst(30).prefix(length), as: UTF8.self)
        let isWorkbook =
            ["[Content_Types].xml", "mimetype"].contains(entry)
            || ["xl/", "_rels/", "docProps/"].contains { entry.hasPrefix($0) }
        return isWorkbook ? .spreadsheet : .zip(entry: entry.isEmpty ? nil : entry)
    }

    /// What it is and what to do, with the name of the file.
    ///
    /// `isStream`: whether it came through a pipe; `isInGzip`: whether it was gzip on the outside.
    func description(of name: String, isStream: Bool, isInGzip: Bool) -> String {
        switch self {
        case .packed(let format, let command, let piped):
            "\(name): this is \(["lz4", "xz"].contains(format) ? "an" : "a") \(format) file, not a CSV file. "
                + (isStream || isInGzip ? through(piped, name, isStream, isInGzip) : unpacked(by: command, name))
        case .zip(let entry):
            "\(name): this is a zip file\(entry.map { " (its first entry is \($0))" } ?? ""), not a CSV file. "
                + (isStream || isInGzip ? through("funzip", name, isStream, isInGzip) : unpacked(by: "unzip -p", name))
        case .spreadsheet:
            "\(name): this is a spreadsheet's workbook, not a CSV file. "
                + "Open it, save the sheet as \"CSV UTF-8\", and use that file."
        case .utf16(let encoding):
            "\(name): this is UTF-16 without a byte order mark, not UTF-8: say --encoding \(encoding)"
        case .database:
            "\(name): this is a ledger or another SQLite database, not a CSV file. "
                + "To see what is in a ledger: pinglink status \(ShellWord.text(name))"
        case .document(let format):
            "\(name): this is a \(format) document, not a CSV file. Export the rows as CSV in UTF-8 and use that."
        }
    }

    private func unpacked(by command: String, _ name: String) -> String {
        "Unpack it and use what comes out: \(command) \(ShellWord.text(name)) > \(target(of: name))"
    }

    private func through(_ command: String?, _ name: String, _ isStream: Bool, _ isInGzip: Bool) -> String {
        guard let command else { return "Unpack it into a file and use that." }
        let commands = (isInGzip ? ["gzip -dc"] : []) + [command]
        if isStream { return "Unpack it on the way: … | \(commands.joined(separator: " | ")) | pinglink …" }
        return "Unpack it and use what comes out: "
            + "gzip -dc \(ShellWord.text(name)) | \(command) > \(target(of: name))"
    }

    /// A name for what comes out, as a word of the shell.
    private func target(of name: String) -> String {
        var target = name
        for suffix in [".gz", ".tgz", ".zst", ".xz", ".bz2", ".7z", ".zip", ".lz4", ".Z", ".tar"]
        where target.hasSuffix(suffix) {
            target = String(target.dropLast(suffix.count))
        }
        let isTaken = target == name || !target.lowercased().hasSuffix(".csv")
        return ShellWord.text(isTaken ? target + ".csv" : target)
    }
}

/// The input is not CSV but something else that was recognised. Says what, and what to do.
package struct ForeignInput: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String
}

extension CSVReader {
    /// The better error for an input that cannot be read because it is something else, where its first bytes tell.
    func foreignInput(_ input: InputFile) -> (any Error)? {
        guard let format = ForeignFormat(head) else { return nil }
        let text = format.description(of: input.name, isStream: !input.isRereadable, isInGzip: isGzip)
        if case .utf16 = format { return BrokenInput(description: text) }
        return ForeignInput(description: text)
    }
}
