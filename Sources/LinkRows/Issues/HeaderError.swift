import CSVReading
import PingOneAPI
import RawPaths

/// What is wrong with the first record of the input.
package struct HeaderError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Problem: Sendable, Equatable {
        /// `candidates`: for each the column that probably holds it, if there is one.
        case missing([String], candidates: [String?])
        /// `guesses`: for each what it probably is; `standFor`: the kind of column that the others most likely are.
        case unknown([String], guesses: [String?], standFor: String)
        /// `columns`: their numbers, from 1.
        case namedTwice(String, columns: [Int])
        case wrongUpdate(String)
        case needMappings([String])
        /// `header`: what there is.
        case mappedColumnIsAbsent([String], header: [String])
        /// The only name has these in it.
        case otherDelimiter(Delimiter)
        /// It looks like a row, so that its names may be somebody's ids.
        case noHeader
        case empty
        /// `column`: from 1.
        case nulCharacter(column: Int)

        /// What is probably wrong where no column has a name that is known.
        init?(names: [String]) {
            if names.contains(where: { UUIDText($0) != nil }) {
                self = .noHeader
            } else if names.count == 1, let mark = Delimiter.allCases.first(where: { names[0].contains($0.rawValue) }) {
                self = .otherDelimiter(mark)
            } else {
                return nil
            }
        }
    }

    /// What stands between the fields of files that are not delimited as was said.
    package enum Delimiter: Character, Sendable, CaseIterable {
        case semicolon = ";"
        case tab = "\t"
        case bar = "|"
        case comma = ","

        /// Several of them, for people.
        package var plural: String {
            switch self {
            case .semicolon: "semicolons"
            case .tab: "tabs"
            case .bar: "bars"
            case .comma: "commas"
            }
        }

        fileprivate var argument: String { self == .tab ? "tab" : "'\(rawValue)'" }
    }

    package var line: Int
    package var problems: [Problem]

    package var description: String {
        problems.map { "line \(line): \(Self.text($0))" }.joined(separator: "\n")
    }

    /// One line for each problem, each with the name of the file, as far as there is room.
    func lines(in file: String) -> String {
        Mistakes.text(problems.map { "\(file): line \(line): \(Self.text($0))" })
    }

    private static func text(_ problem: Problem) -> String {
        switch problem {
        case .missing(let names, let candidates):
            "the header lacks \(quoted(names)). Add \(names.count == 1 ? "it" : "them"), or name "
                + "\(names.count == 1 ? "the column that holds it" : "the columns that hold them"): "
                + zip(names, candidates).map { "--map \(ShellWord.quoted("\($1 ?? "COLUMN")=\($0)"))" }.joined(
                    separator: " "
                )
                + (candidates[0] != nil && names[0] == "userID"
                    ? ", with --user-key where user names or e-mail addresses stand there." : ".")
        case .unknown(let names, let guesses, let kind):
            "the header has \(quoted(names)), which \(names.count == 1 ? "is" : "are") not known. Nothing is sent that "
                + "the header does not name: say what \(names.count == 1 ? "it" : "each") is with "
                + advice(names, guesses, kind)
                + ", or leave \(names.count == 1 ? "it" : "them") out with "
                + (names.count > 3
                    ? "--ignore '*'." : names.map { "--ignore \(ShellWord.quoted($0))" }.joined(separator: " ") + ".")
        case .namedTwice(let name, let columns):
            "the header names \(name) \(columns.count == 2 ? "twice" : "\(columns.count) times"), in the columns "
                + columns.map { "#\($0)" }.joined(separator: ", ") + ". Leave out what is not meant: "
                + columns.dropFirst().map { "--ignore '#\($0)'" }.joined(separator: " ") + ", for instance."
        case .wrongUpdate(let name):
            "column \"\(name)\": behind the colon stands the update, EMPTY_ONLY or ALWAYS."
        case .needMappings(let names) where names.count == 1:
            "column \(quoted(names)) is a raw attribute of the identity provider, which needs --mappings. "
                + "Leave it out with --ignore \(ShellWord.quoted(names[0])), or name it as attributes.NAME."
        case .needMappings(let names):
            "columns \(quoted(names)) are raw attributes of the identity provider, which need --mappings. "
                + "Leave them out with --ignore \(ShellWord.quoted(names[0])) and so on, or name them as attributes.NAME."
        case .mappedColumnIsAbsent(let names, let header):
            "--map (or map: in the configuration file) names \(quoted(names)), which the header does not have. It has "
                + quoted(header) + "."
        case .otherDelimiter(let delimiter):
            "the header is one name with \(delimiter.plural) in it. If they stand between the fields, say "
                + "--delimiter \(delimiter.argument)."
        case .noHeader:
            "this looks like a row, not like a header: a name is a UUID. "
                + "Put a line before it that names the columns: userID,externalId"
        case .empty: "there is no header. The first record names the columns: userID,externalId"
        case .nulCharacter(let column):
            "column \(column): the header has a NUL character. Remove it; if the file is UTF-16: --encoding UTF-16LE."
        }
    }

    private static func quoted(_ names: [String]) -> String {
        names.prefix(20).map { "\"\($0)\"" }.joined(separator: ", ")
            + (names.count > 20 ? " and \(names.count - 20) more" : "")
    }

    /// What to say of them: all where something is known of each or they are few, else the first.
    private static func advice(_ names: [String], _ guesses: [String?], _ kind: String) -> String {
        let pairs = zip(names, guesses).map { ($0, $1) }
        let known = pairs.filter { $0.1 != nil }
        return (known.isEmpty ? Array(pairs.prefix(1)) : Array(known.prefix(3)))
            .map { "--map \(ShellWord.quoted("\($0.0)=\($0.1 ?? "\(kind).NAME")"))" }.joined(separator: " ")
    }
}
