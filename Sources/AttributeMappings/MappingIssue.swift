import LinkRows
import PingOneAPI

/// What is wrong with a mappings file, and where. Mappings are configuration: their names may be shown.
struct MappingIssue: Equatable, CustomStringConvertible {
    enum Rule: Equatable {
        case noHeader
        /// The only name has these in it.
        case otherDelimiter(HeaderError.Delimiter)
        case unknownColumn(String, number: Int)
        case missingColumn(String)
        case columnTwice(String)
        case wrongFieldCount(found: Int, expected: Int)
        case nulCharacter
        case emptyName
        case reservedName(String)
        case namedTwice(String, firstLine: Int)
        case wrongUpdate
        case wrongPlaceholder(MappingTemplateError)
        case noPlaceholder
        case notOffered(String, by: ProviderType)
        case noSAMLSubject(ProviderType)
    }

    var rule: Rule
    /// From 1.
    var line: Int
    /// `name`, `value` or `update`, where one of them is to blame.
    var column: String?

    init(_ rule: Rule, line: Int, column: String? = nil) {
        self.rule = rule
        self.line = line
        self.column = column
    }

    var description: String {
        "line \(line): \(column.map { "column \"\($0)\": " } ?? "")\(what)"
    }

    private var what: String {
        switch rule {
        case .noHeader: "there is no header. The first record names the columns: name,value,update"
        case .otherDelimiter(let delimiter):
            "the header is one name with \(delimiter.plural) in it: save the file with commas."
        case .unknownColumn(let name, let number):
            "the header has \(name.isEmpty ? "a column \(number) without a name" : "\"\(name)\""), which is not known. "
                + "The columns are name, value and update; leave the others out."
        case .missingColumn(let name): "the header lacks \"\(name)\". Add the column."
        case .columnTwice(let name): "the header names \(name) twice. Leave one out."
        case .wrongFieldCount(let found, let expected):
            "\(found) \(found == 1 ? "field" : "fields") where the header has \(expected). "
                + "Quote fields that hold a comma, or add the missing fields."
        case .nulCharacter: "a NUL character. Remove it; was the file saved as UTF-16?"
        case .emptyName: "the name is empty. Name the user attribute, such as email or name.first."
        case .reservedName(let name): "PingOne keeps \"\(name)\" for itself. Map another user attribute."
        case .namedTwice(let name, let line):
            "\"\(name)\" stands on line \(line) already. An attribute has one mapping: keep one of the two."
        case .wrongUpdate: "expected EMPTY_ONLY or ALWAYS, or nothing for EMPTY_ONLY."
        case .wrongPlaceholder(let error): "\(error)."
        case .noPlaceholder:
            "no placeholder, so every user would get the same. Write ${providerAttributes.NAME}."
        case .notOffered(let name, let type): "\(type) offers no attribute \"\(name)\"."
        case .noSAMLSubject(let type): "\(type) has no ${samlAssertion.subject}: that is for SAML providers."
        }
    }
}
