import CSVReading
import PingOneAPI

/// Attribute mappings bound to a header: they make of a record's raw attributes what PingOne would make of them at
/// sign-on.
struct BoundMappings: Sendable {
    private struct Filling {
        let name: String
        let update: AttributeUpdate
        let template: MappingTemplate
    }

    /// Whose mappings they are, in words.
    let owner: String
    /// The columns that a mapping reads, also a mapping that an `attributes.*` column stands in for.
    private(set) var columns: Set<Int> = []
    /// What keeps mappings from having their full effect; each mapping and column once.
    private(set) var warnings: [String] = []
    private let columnOf: [String: Int]
    /// In the order of the mappings.
    private var fillings: [Filling] = []

    /// A cell of a column `attributes.NAME` stands in for the mapping of that name, unless it is empty.
    init(_ mappings: [AttributeMapping], of owner: String, plan: ColumnPlan) {
        self.owner = owner
        columnOf = plan.providerAttributeColumns
        for mapping in mappings {
            // What is in the way of a mapping concerns nobody where there is a column.
            let hasColumn = plan.roles.contains { role in
                if case .attribute(let name, _) = role { name.isSame(as: mapping.name) } else { false }
            }
            let known = warnings
            do throws(MappingTemplateError) {
                let template = try MappingTemplate(mapping.value)
                columns.formUnion(template.providerAttributes.compactMap { columnOf[$0] })
                add(mapping, template)
            } catch {
                warn(of: mapping, "\(error.description): it is not applied.")
            }
            if hasColumn { warnings = known }
        }
    }

    private mutating func add(_ mapping: AttributeMapping, _ template: MappingTemplate) {
        if template.parts.contains(.samlSubject) {
            warn(of: mapping, "it reads ${samlAssertion.subject}, for which there is no column: it is not applied.")
            return
        }
        for name in template.providerAttributes where columnOf[name] == nil {
            warn(
                of: mapping,
                "it reads the column \"providerAttributes.\(name)\", which the header does not have: as if its cells "
                    + "were empty. If another column holds it: --map 'COLUMN=providerAttributes.\(name)'."
            )
        }
        fillings.append(Filling(name: mapping.name, update: mapping.update, template: template))
    }

    private mutating func warn(of mapping: AttributeMapping, _ what: String) {
        warnings.append("The mapping \"\(mapping.name)\" of \(owner): \(what)")
    }

    /// Appends what the mappings make of the record. An attribute that is there already stays as it is.
    func append(_ record: CSVRecord, to attributes: inout [UserAttribute]) {
        let explicit = attributes.count
        for filling in fillings where !attributes[..<explicit].contains(where: { $0.name.isSame(as: filling.name) }) {
            let value = filling.template.text { name in columnOf[name].map { record.text($0) } }
            guard let value, !value.isEmpty else { continue }
            attributes.append(UserAttribute(name: filling.name, value: value, update: filling.update))
        }
    }
}
