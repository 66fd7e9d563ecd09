import FoundationEssentials

/// The users that exist, read from a file.
///
/// A CSV with a header that names a column `userID` (case, `_` and `-` do not count), or one UUID a line: then the
/// first column counts. Quotes are understood; a line break inside quotes is not, which does no harm as long as the
/// column stands before it. Lines without a UUID in that column are skipped and counted: an input with bad records is
/// good enough to make users of its good ones.
package struct UserList: Equatable, Sendable {
    /// Why a file of users could not be read.
    package struct Unreadable: Error, Equatable, Sendable, CustomStringConvertible {
        let path: String
        let reason: String

        package var description: String {
            "Cannot read \(path): \(reason). Give --users a file that you may read."
        }
    }

    let ids: Set<ResourceID>
    /// Lines, other than the header, without a UUID where it should be.
    package let skippedLines: Int

    /// How many users there are.
    package var count: Int { ids.count }

    /// Reads a file.
    ///
    /// - Throws: if there is no file at this path that may be read.
    package init(path: String) throws(Unreadable) {
        do {
            self.init(text: try Data(contentsOf: URL(filePath: path)))
        } catch {
            let reason =
                switch (error as? CocoaError)?.code {
                case .fileReadNoSuchFile: "there is no such file"
                case .fileReadNoPermission: "permission denied"
                default: "it is no file that can be read"
                }
            throw Unreadable(path: path, reason: reason)
        }
    }

    /// - Parameter text: the bytes of the file, in UTF-8 with or without a byte order mark.
    package init(text: some Sequence<UInt8>) {
        var ids: Set<ResourceID> = []
        var column = 0
        var skipped = 0
        let lines = Array(text).split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
        for (index, line) in lines.enumerated() {
            let cells = Self.cells(of: String(decoding: line, as: UTF8.self))
            if column < cells.count, let id = ResourceID(cells[column]) {
                ids.insert(id)
            } else if index == 0 {
                column = cells.firstIndex { Self.isUserID($0) } ?? 0
            } else {
                skipped += 1
            }
        }
        self.ids = ids
        skippedLines = skipped
    }

    private static func cells(of line: String) -> [String] {
        var cells: [String] = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            case " ", "\u{FEFF}": break
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }

    private static func isUserID(_ name: String) -> Bool {
        name.lowercased().filter { $0 != "_" && $0 != "-" } == "userid"
    }
}
