package import Ledger

/// Something about an input that is suspicious but no reason to hold rows back: nothing is rewritten.
package struct InputWarning: Sendable, Equatable {
    /// The raw value is what programs are told. In the order in which people are.
    package enum Kind: String, Sendable, Equatable, CaseIterable {
        case noRows = "no-rows"
        case grownInput = "grown-input"
        case reservedAttributes = "reserved-attributes"
        case damagedIDs = "damaged-ids"
        case invisibleCharacters = "invisible-characters"
        case wordsForNothing = "words-for-nothing"
        case attributesForNothing = "attributes-for-nothing"
        case trimmedIDs = "trimmed-ids"
        case caseVariants = "case-variants"
        case severalAccounts = "several-accounts"
        case otherAccounts = "other-accounts"
        case emptyRows = "empty-rows"
        case missingLineBreak = "missing-line-break"
    }

    package var kind: Kind
    /// Rows; of attributes, names; 1 for what concerns the whole file.
    package var count: Int
    /// The line of the first of them, from 1; nil where no line is to blame.
    package var firstLine: Int?
    /// Names from the header.
    package var names: [String]

    package init(_ kind: Kind, count: Int, firstLine: Int?, names: [String] = []) {
        self.kind = kind
        self.count = count
        self.firstLine = firstLine
        self.names = names
    }

    /// What it is, where, and what to do: one line.
    package var text: String {
        /// `1 id (line 7) looks`, `2 ids (line 7 is the first) look`.
        func counted(_ noun: String, _ one: String, _ many: String) -> String {
            let line = firstLine.map { count == 1 ? " (line \($0))" : " (line \($0) is the first)" } ?? ""
            return count == 1 ? "1 \(noun)\(line) \(one)" : "\(DigitGroups.text(count)) \(noun)s\(line) \(many)"
        }
        return switch kind {
        case .noRows: "there is a header and no row: nothing is sent. Check that the export is complete."
        case .grownInput:
            "the file grew while it was read: it was read as far as the first reading went. "
                + "Run the same command again for the rest."
        case .reservedAttributes:
            "PingOne reserves the attribute \(count == 1 ? "name" : "names") \(names.joined(separator: ", ")): "
                + "it may refuse rows that have \(count == 1 ? "it" : "them")."
        case .damagedIDs:
            counted("id", "looks", "look") + " as if a spreadsheet or a formula had changed "
                + (count == 1 ? "it: it is sent as it stands." : "them: they are sent as they stand.")
                + " Export the column as text."
        case .invisibleCharacters:
            counted("id", "has", "have")
                + " invisible characters inside, which are sent as they stand. Check the export."
        case .wordsForNothing:
            counted("id", "is a word", "are words")
                + " for nothing, such as NULL or #N/A, and sent as an id. Check the export."
        case .attributesForNothing:
            counted("row", "replaces", "replace")
                + " an attribute (ALWAYS) by a word for nothing, such as NULL or #N/A. An empty cell sends nothing."
        case .trimmedIDs:
            counted("row", "has", "have") + " white space or invisible characters around an id: they are no part of it."
        case .caseVariants:
            counted("row", "has", "have") + " an external id that differs from another user's in upper and lower case "
                + "only. Check that these are different accounts."
        case .severalAccounts:
            counted("row", "gives", "give") + " a user one of several accounts at the same provider. "
                + "Check that the user is meant to have them all."
        case .otherAccounts:
            counted("row", "links a user", "link users")
                + " to another account than this ledger did before, at the same provider: that link stays. "
                + "If it is wrong, remove it in PingOne, and run pinglink verify."
        case .emptyRows: counted("row", "is", "are") + " empty and left out."
        case .missingLineBreak:
            "the last line\(firstLine.map { " (\($0))" } ?? "") has no line break, as all others have: "
                + "check that the file is complete."
        }
    }
}

extension InputWarning {
    package var forLedger: RunWarning {
        RunWarning(kind: kind.rawValue, count: count, firstLine: firstLine, names: names)
    }

    /// Nil for one of another version.
    package init?(_ noted: RunWarning) {
        guard let kind = Kind(rawValue: noted.kind) else { return nil }
        self.init(kind, count: noted.count, firstLine: noted.firstLine, names: noted.names)
    }
}
