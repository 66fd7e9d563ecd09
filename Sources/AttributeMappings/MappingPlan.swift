package import PingOneAPI

/// What it takes to give a provider the mappings that a file asks for. Nothing is ever deleted.
package struct MappingPlan: Sendable, Equatable {
    package enum Entry: Sendable, Equatable {
        /// The provider has no mapping of this name.
        case create(MappingLine)
        /// It has one that says something else.
        case change(MappingLine, from: AttributeMapping)
        case same(MappingLine, as: AttributeMapping)
        /// Not in the file; it stays.
        case onlyThere(AttributeMapping)
    }

    /// The file's lines in their order, then what is only at the provider, in its order.
    package let entries: [Entry]

    /// Compares to the letter: names and values are text, in which even case and blanks count.
    package init(lines: [MappingLine], existing: [AttributeMapping]) {
        let planned = lines.map { line in
            guard let there = existing.first(where: { $0.hasName(of: line.mapping) }) else { return Entry.create(line) }
            return there.says(line.mapping) ? .same(line, as: there) : .change(line, from: there)
        }
        let others = existing.filter { there in !lines.contains { there.hasName(of: $0.mapping) } }
        entries = planned + others.map { .onlyThere($0) }
    }
}

extension MappingPlan.Entry {
    /// What the file asks for; where it asks for nothing, what is there.
    package var mapping: AttributeMapping {
        switch self {
        case .create(let line), .change(let line, _), .same(let line, _): line.mapping
        case .onlyThere(let there): there
        }
    }

    /// The line of the file that asks for it.
    package var line: Int? {
        switch self {
        case .create(let line), .change(let line, _), .same(let line, _): line.line
        case .onlyThere: nil
        }
    }

    /// What the provider has.
    package var existing: AttributeMapping? {
        switch self {
        case .create: nil
        case .change(_, let there), .same(_, let there), .onlyThere(let there): there
        }
    }

    /// Whether it is a change that the API refuses: of a CORE mapping only the value can change, not the update.
    ///
    /// Source: Identity Provider Attributes, PingOne Platform APIs, `mappingType`.
    package var isUnchangeable: Bool {
        if case .change(let line, let there) = self {
            there.isCore && there.update != line.mapping.update
        } else {
            false
        }
    }
}

extension AttributeMapping {
    /// Swift's `==` also takes two spellings of one letter for equal; PingOne need not.
    func hasName(of other: AttributeMapping) -> Bool {
        name.isSame(as: other.name)
    }

    /// Whether both do the same at sign-on.
    func says(_ other: AttributeMapping) -> Bool {
        hasName(of: other) && value.isSame(as: other.value) && update == other.update
    }
}
