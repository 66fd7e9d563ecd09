import CSVReading
import PingOneAPI

/// A column's name as the header has it, and how it is compared and shown.
struct ColumnName: Sendable, Equatable {
    let text: String
    /// From 1.
    let number: Int

    /// Without white space and invisible characters at its ends: what the column is called.
    var name: String { OuterBlanks.trimmed(text) }

    /// What messages call it, and what `--map` and `--ignore` may: `#3` for a column without a name, or with one that no
    /// message has room for.
    var shown: String {
        name.isEmpty || text.unicodeScalars.count > Self.longestShown ? byNumber : OuterBlanks.shown(text)
    }

    private static let longestShown = 100

    var byNumber: String { "#\(number)" }

    /// Whether a flag's argument means this column.
    func isMeant(by argument: String) -> Bool {
        let argument = OuterBlanks.trimmed(argument)
        return argument.isSame(as: name) || argument == byNumber || argument.isSame(as: OuterBlanks.shown(name))
            || argument.isSame(as: shown)
    }

    /// What a fixed name is compared by: small letters, without what makes no difference.
    static func folded(_ name: some StringProtocol) -> String {
        var folded = ""
        for scalar in name.unicodeScalars
        where scalar != "_" && scalar != "-" && !scalar.properties.isWhitespace && !OuterBlanks.isInvisible(scalar) {
            folded.unicodeScalars.append(scalar)
        }
        return folded.lowercased()
    }

    /// The column of this program that is probably meant by a name that it does not know; nil where nothing is near.
    ///
    /// `kind`: `attributes`, or `providerAttributes` where there are mappings; `taken`: columns that the header has.
    static func guess(_ name: String, kind: String, taken: Set<String>) -> String? {
        let folded = folded(name)
        let fixed = ["userID", "externalId", "identityProviderId"].filter { !taken.contains($0) }
        let names = Dictionary(uniqueKeysWithValues: fixed.map { (Self.folded($0), $0) })
        if let near = EditDistance.nearest(to: folded, among: Array(names.keys).sorted()),
            EditDistance.distance(folded, near) <= 2
        {
            return names[near]
        }
        let words = folded.filter { $0.isLetter }
        return attributes.first { $0.spellings.contains(words) }.map { "\(kind).\($0.name)" }
    }

    /// Names of users' attributes, and what exports call them.
    private static let attributes: [(name: String, spellings: Set<String>)] = [
        ("email", ["email", "mail", "emailaddress", "mailaddress", "emails"]),
        ("username", ["username", "login", "loginname"]),
        ("name.given", ["givenname", "firstname", "namegiven", "forename"]),
        ("name.family", ["familyname", "lastname", "surname", "namefamily"]),
        ("name.formatted", ["fullname", "displayname", "formattedname", "nameformatted"]),
        ("nickname", ["nickname"]), ("title", ["title"]),
        ("mobilePhone", ["mobilephone", "mobile", "mobilenumber"]),
        ("primaryPhone", ["primaryphone", "phone", "phonenumber", "telephone"]),
        ("locale", ["locale"]), ("preferredLanguage", ["preferredlanguage", "language"]), ("timezone", ["timezone"]),
    ]
}
