package import CSVReading

/// What separates the fields of an input, as far as it is said.
package enum DelimiterChoice: Sendable, Equatable {
    /// The header tells.
    case auto
    case fixed(CSVDelimiter)

    package static let comma = DelimiterChoice.fixed(.comma)
    package static let tab = DelimiterChoice.fixed(.tab)

    /// Reads `auto`, `tab` or one character.
    package init?(argument: String) {
        switch argument {
        case "auto": self = .auto
        case "tab": self = .tab
        default:
            guard argument.utf8.count == 1, let byte = argument.utf8.first, let delimiter = CSVDelimiter(byte) else {
                return nil
            }
            self = .fixed(delimiter)
        }
    }
}

extension CSVReader {
    /// Settles the delimiter before anything is read: a first line `sep=X` names it; else it is as was chosen; else it is
    /// the only common one with which the header has the required columns, a comma where none or several do.
    ///
    /// Where the header has one column only and lacks the required ones, the delimiter is the one that gives it most: the
    /// message about the columns is the right one then.
    /// - Throws: `BrokenInput` where the line and the choice differ.
    mutating func findDelimiter(_ choice: DelimiterChoice, columns: ColumnPlan.Options, in name: String) throws {
        if let named = takeSeparatorLine() {
            guard case .fixed(let chosen) = choice, chosen != named else { return }
            throw BrokenInput(
                description: "\(name): line 1: says that \(named.name) separates the fields, but --delimiter (or "
                    + "delimiter: in the configuration file) says \(chosen.name). Give --delimiter auto, or remove the line."
            )
        }
        switch choice {
        case .fixed(let delimiter): use(delimiter)
        case .auto:
            let headers = CSVDelimiter.common.compactMap { delimiter in
                firstRecord(with: delimiter).map { (delimiter: delimiter, record: $0) }
            }
            let fitting = headers.filter { ColumnPlan.hasRequiredColumns($0.record, options: columns) }
            if fitting.count == 1 { return use(fitting[0].delimiter) }
            guard fitting.isEmpty, let widest = headers.max(by: { $0.record.fieldCount < $1.record.fieldCount }),
                headers.first(where: { $0.delimiter == .comma })?.record.fieldCount ?? 1 == 1
            else { return use(.comma) }
            use(widest.record.fieldCount > 1 ? widest.delimiter : .comma)
        }
    }
}

extension CSVDelimiter {
    /// As people write it.
    fileprivate var name: String { self == .tab ? "a tab" : "\"\(Character(Unicode.Scalar(byte)))\"" }
}
