import FoundationEssentials

/// The users that exist, read from a file.
///
/// A CSV with a header that names a column `userID` (case, `_` and `-` do not count), or one UUID a line: then the
/// first column counts. The columns `username`, `email` and `externalId`, where there are any, give users their
/// attributes; an empty cell leaves what every user has (see ``UserProfile``). Rows without a UUID in its column are
/// skipped and counted: an input with bad records is good enough to make users of its good ones. Of several rows for
/// one user the first counts.
///
/// Users may share an address or an external id, but a user name is unique: who comes later with a name that somebody
/// has keeps the user name made of the own id, and is counted. Names of that form belong to the user whose id they hold.
package struct UserList: Equatable, Sendable {
    /// Why a file of users could not be read.
    package struct Unreadable: Error, Equatable, Sendable, CustomStringConvertible {
        let path: String
        let reason: String
        /// A sentence.
        let advice: String

        package var description: String { "Cannot read \(path): \(reason). \(advice)" }
    }

    /// What the file says about a user; nil: nothing.
    struct Attributes: Equatable, Sendable {
        var username: String?
        var email: String?
        var externalID: String?
    }

    /// In the order of the file, each once.
    let ids: [ResourceID]
    /// Of those users about whom the file says something.
    let attributes: [ResourceID: Attributes]
    /// Rows, other than the header, without a UUID where it should be.
    package let skippedRows: Int
    /// Users who did not get the name that their row has.
    package let repeatedUsernames: Int

    /// How many users there are.
    package var count: Int { ids.count }

    /// How the file is to be read, as `pinglink import` has it.
    package struct Reading: Equatable, Sendable {
        /// One that iconv knows; nil for UTF-8. A byte order mark counts for more.
        package var encoding: String?
        /// Nil: the one of `,` `;` tab and `|` with which the header names a user id, or what a first line `sep=X` says.
        package var separator: UInt8?
        /// From a column's name in the file to the name that it stands for.
        package var map: [String: String] = [:]

        package init() {}
    }

    /// Reads a file.
    ///
    /// - Throws: if there is no file at this path that may be read, or no user in it.
    package init(path: String, reading: Reading = Reading()) throws(Unreadable) {
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            let reason =
                switch (error as? CocoaError)?.code {
                case .fileReadNoSuchFile: "there is no such file"
                case .fileReadNoPermission: "permission denied"
                default: "it is no file that can be read"
                }
            throw Unreadable(path: path, reason: reason, advice: "Give --users a file that you may read.")
        }
        do throws(FileText.Mistake) {
            self.init(text: try FileText.utf8(bytes, encoding: reading.encoding), reading: reading)
        } catch {
            switch error {
            case .unknownEncoding(let name):
                throw Unreadable(
                    path: path,
                    reason: "iconv knows no encoding \(name)",
                    advice: "Name another with --encoding."
                )
            case .doesNotFit(let name):
                throw Unreadable(
                    path: path,
                    reason: "its bytes do not fit \(name)",
                    advice: "Correct it, or name its encoding with --encoding."
                )
            }
        }
        if ids.isEmpty {
            throw Unreadable(
                path: path,
                reason: "no row has a user's id, a UUID, in the column userID",
                advice: "Name another column with --map, or another file with --users."
            )
        }
    }

    /// - Parameters:
    ///   - text: the bytes of the file, in UTF-8 with or without a byte order mark.
    ///   - reading: what else is to be known of it.
    package init(text: some Sequence<UInt8>, reading: Reading = Reading()) {
        var text = Array(text)
        var separator = reading.separator
        if let named = Self.namedSeparator(in: text) {
            separator = separator ?? named.separator
            text.removeFirst(named.length)
        }
        let found =
            separator
            ?? Self.separators.first { candidate in
                var records = CSVRecords(text, separator: candidate)
                return records.next().map { Columns(header: $0, reading.map).namesUser } == true
            }
        var records = CSVRecords(text, separator: found ?? UInt8(ascii: ","))
        var columns = Columns()
        var draft = Draft()
        if let first = records.next() {
            if ResourceID(first[0]) == nil {
                columns = Columns(header: first, reading.map)
            } else {
                draft.add(first, columns)
            }
        }
        while let record = records.next() { draft.add(record, columns) }
        ids = draft.ids
        attributes = draft.attributes
        skippedRows = draft.skippedRows
        repeatedUsernames = draft.repeatedUsernames
    }

    private static let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")]

    /// A first line `sep=;`, quoted or not, which spreadsheets write.
    private static func namedSeparator(in text: [UInt8]) -> (separator: UInt8, length: Int)? {
        let line = text.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let bare = line.filter { $0 != UInt8(ascii: "\"") }
        guard bare.count == 5, bare.starts(with: "sep=".utf8), let separator = bare.last else { return nil }
        return (separator, line.count)
    }
}

/// Where in a record which cell stands; nil: nowhere.
private struct Columns {
    var userID = 0
    var username: Int?
    var email: Int?
    var externalID: Int?

    init() {}

    /// Whether the header says which column has the user's id.
    private(set) var namesUser = false

    /// `map`: from a column's name to the name that it stands for.
    init(header: [String], _ map: [String: String]) {
        let names = header.map { (map[$0] ?? $0).lowercased().filter { !"_- ".contains($0) } }
        namesUser = names.contains("userid")
        userID = names.firstIndex(of: "userid") ?? 0
        username = names.firstIndex(of: "username")
        email = names.firstIndex(of: "email")
        externalID = names.firstIndex(of: "externalid")
    }
}

/// A list on its way, row by row.
private struct Draft {
    var ids: [ResourceID] = []
    var attributes: [ResourceID: UserList.Attributes] = [:]
    var skippedRows = 0
    var repeatedUsernames = 0
    private var seen: Set<ResourceID> = []
    /// As they are compared.
    private var usernames: Set<UserFilter> = []

    mutating func add(_ record: [String], _ columns: Columns) {
        guard let id = cell(columns.userID, of: record).flatMap({ ResourceID($0) }) else {
            skippedRows += 1
            return
        }
        guard seen.insert(id).inserted else { return }
        ids.append(id)
        var given = UserList.Attributes(
            username: cell(columns.username, of: record),
            email: cell(columns.email, of: record),
            externalID: cell(columns.externalID, of: record)
        )
        if let username = given.username, !claim(username, for: id) {
            given.username = nil
            repeatedUsernames += 1
        }
        if given != UserList.Attributes() { attributes[id] = given }
    }

    private mutating func claim(_ username: String, for id: ResourceID) -> Bool {
        let name = UserFilter(.username, username)
        if let owner = UserProfile.owner(ofAddress: name.value) { return owner == id }
        return usernames.insert(name).inserted
    }

    private func cell(_ column: Int?, of record: [String]) -> String? {
        guard let column, column < record.count, !record[column].isEmpty else { return nil }
        return record[column]
    }
}
