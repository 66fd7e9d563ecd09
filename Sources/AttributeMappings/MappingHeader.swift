import CSVReading
import LinkRows
import PingOneAPI

/// Which column of a mappings file holds what.
struct MappingHeader {
    private enum Column: String, CaseIterable {
        case name
        case value
        case update
    }

    /// What is wrong with the header; nothing can be read with one that has any.
    let issues: [MappingIssue]
    private let columns: [Column?]

    init(_ header: CSVRecord) {
        let texts = header.texts
        let columns = texts.map { text in
            Column(rawValue: text.lowercased().filter { $0 != "_" && $0 != "-" })
        }
        var rules = zip(texts, columns).enumerated().compactMap { index, cell in
            cell.1 == nil ? MappingIssue.Rule.unknownColumn(cell.0, number: index + 1) : nil
        }
        for column in Column.allCases {
            switch columns.count(where: { $0 == column }) {
            case 0 where column != .update: rules.append(.missingColumn(column.rawValue))
            case 0, 1: break
            default: rules.append(.columnTwice(column.rawValue))
            }
        }
        if columns == [nil],
            let mark = HeaderError.Delimiter.allCases.first(where: { texts[0].contains($0.rawValue) }), mark != .comma
        {
            rules = [.otherDelimiter(mark)]
        }
        self.columns = columns
        issues = rules.map { MappingIssue($0, line: header.line) }
    }

    /// - Returns: nil when the record is unfit; why has been added to `issues`.
    func read(_ record: CSVRecord, issues: inout [MappingIssue]) -> MappingLine? {
        let count = issues.count
        func note(_ rule: MappingIssue.Rule, _ column: Column? = nil) {
            issues.append(MappingIssue(rule, line: record.line, column: column?.rawValue))
        }
        guard record.fieldCount == columns.count else {
            note(.wrongFieldCount(found: record.fieldCount, expected: columns.count))
            return nil
        }
        if let field = record.firstFieldWithNUL {
            note(.nulCharacter, columns[field])
            return nil
        }
        let name = text(.name, of: record)
        if name.isEmpty { note(.emptyName, .name) }
        if ColumnPlan.reservedNames.contains(where: { $0.lowercased() == name.lowercased() }) {
            note(.reservedName(name), .name)
        }
        let updateText = text(.update, of: record)
        let update = updateText.isEmpty ? .emptyOnly : AttributeUpdate(rawValue: updateText)
        if update == nil { note(.wrongUpdate, .update) }
        let value = text(.value, of: record)
        do throws(MappingTemplateError) {
            let template = try MappingTemplate(value)
            if !template.hasPlaceholder { note(.noPlaceholder, .value) }
            guard let update, issues.count == count else { return nil }
            let mapping = AttributeMapping(name: name, value: value, update: update)
            return MappingLine(line: record.line, mapping: mapping, template: template)
        } catch {
            note(.wrongPlaceholder(error), .value)
            return nil
        }
    }

    private func text(_ column: Column, of record: CSVRecord) -> String {
        columns.firstIndex(of: column).map { record.text($0) } ?? ""
    }
}
