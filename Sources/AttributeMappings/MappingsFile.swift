import CSVReading
package import LinkRows
package import PingOneAPI

/// One mapping that a file asks for.
package struct MappingLine: Sendable, Equatable {
    /// The line on which the record begins, from 1.
    package var line: Int
    /// Without an id, and never a CORE one: a file does not say.
    package var mapping: AttributeMapping
    /// The mapping's value, taken apart.
    package var template: MappingTemplate

    package init(line: Int, mapping: AttributeMapping, template: MappingTemplate) {
        self.line = line
        self.mapping = mapping
        self.template = template
    }
}

/// The attribute mappings that a CSV file asks for: columns `name` and `value`, perhaps `update`, in any order.
///
/// Names in the header are matched without regard to case, `_` and `-`; a missing or empty update is `EMPTY_ONLY`.
/// All of it is held in memory: a provider has a handful of mappings.
package struct MappingsFile: Sendable, Equatable {
    /// As the user named it, or "standard input".
    package let name: String
    /// In the order of the file, each mapping's name once.
    package let lines: [MappingLine]

    /// - Parameter path: plain or gzip; `-` is standard input.
    /// - Throws: `InputError` when it cannot be read; `BrokenInput` with all that is wrong in it, as far as its
    ///   structure holds and three lines have room for it.
    package init(path: String) throws {
        let input = try InputFile(path: path)
        var reader = CSVReader(input.source())
        var record = CSVRecord()
        var lines: [MappingLine] = []
        var issues: [MappingIssue] = []
        do {
            guard try reader.next(into: &record) else {
                throw BrokenInput([MappingIssue(.noHeader, line: 1)], input.name)
            }
            let header = MappingHeader(record)
            guard header.issues.isEmpty else { throw BrokenInput(header.issues, input.name) }
            while try reader.next(into: &record) {
                guard let line = header.read(record, issues: &issues) else { continue }
                if let earlier = lines.first(where: { $0.mapping.name.lowercased() == line.mapping.name.lowercased() })
                {
                    let rule = MappingIssue.Rule.namedTwice(line.mapping.name, firstLine: earlier.line)
                    issues.append(MappingIssue(rule, line: line.line, column: "name"))
                }
                lines.append(line)
            }
        } catch CSVError.invalidUTF8(let position) {
            throw BrokenInput(description: "\(position): these bytes are not UTF-8. Save the file as UTF-8.")
        } catch let error as CSVError {
            throw BrokenInput(description: error.description)
        }
        guard issues.isEmpty else { throw BrokenInput(issues, input.name) }
        name = input.name
        self.lines = lines
    }

    /// Looks whether the provider can fill what the file asks for.
    ///
    /// - Throws: the placeholders that a provider of this type cannot fill, and those it can.
    package func check(against type: ProviderType) throws(BrokenInput) {
        var issues: [MappingIssue] = []
        for line in lines {
            let unknown = line.template.providerAttributes.filter { !type.offers($0) }
            issues += unknown.map { MappingIssue(.notOffered($0, by: type), line: line.line, column: "value") }
            if line.template.parts.contains(.samlSubject), !type.hasSAMLSubject {
                issues.append(MappingIssue(.noSAMLSubject(type), line: line.line, column: "value"))
            }
        }
        guard !issues.isEmpty else { return }
        guard let offered = type.offered else { throw BrokenInput(issues, name) }
        var error = BrokenInput(issues, name, atMost: 2)
        error.description += "\n\(type) offers: \(offered.joined(separator: ", "))."
        throw error
    }
}

extension BrokenInput {
    fileprivate init(_ issues: [MappingIssue], _ file: String, atMost limit: Int = 3) {
        self.init(description: Mistakes.text(issues.map { "\(file): \($0)" }, atMost: limit))
    }
}
