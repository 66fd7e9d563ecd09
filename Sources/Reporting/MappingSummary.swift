package import AttributeMappings
import JSON
package import PingOneAPI
package import PingOneClient

/// What a `mappings` command says on standard output: a table for people, one object for programs.
///
/// Mappings are configuration, so their values are shown.
package struct MappingSummary: CommandSummary, Sendable, Equatable {
    private let identityProvider: String
    private let type: ProviderType
    private let rows: [MappingRow]
    /// Why the work ended early, if it did; its exit code counts.
    package let stop: RunStop?
    package let exitCode: Int32

    /// What a provider has.
    package init(listing provider: MappedProvider, of identityProvider: String) {
        self.identityProvider = identityProvider
        type = provider.type
        rows = provider.mappings.map { mapping in
            let word = mapping.isCore ? "core" : "custom"
            return MappingRow(mapping: mapping, word: word, what: word)
        }
        stop = nil
        exitCode = 0
    }

    /// What a file would change.
    package init(_ plan: MappingPlan, for identityProvider: String, ofType type: ProviderType) {
        self.identityProvider = identityProvider
        self.type = type
        rows = plan.entries.map { entry in
            let what = entry.isUnchangeable ? "change: cannot be done, \(Self.coreRule)" : entry.word
            return MappingRow(entry, word: entry.word, what: what)
        }
        stop = nil
        exitCode = 0
    }

    /// What became of a plan.
    ///
    /// - Parameters:
    ///   - plan: what was to be done.
    ///   - results: one for each of the plan's entries.
    ///   - stop: why the work ended early, if it did.
    ///   - identityProvider: whose mappings they are.
    ///   - type: that provider's.
    package init(
        _ plan: MappingPlan,
        results: [MappingResult],
        stop: RunStop?,
        for identityProvider: String,
        ofType type: ProviderType
    ) {
        self.identityProvider = identityProvider
        self.type = type
        rows = zip(plan.entries, results).map { entry, result in
            let (word, what) = Self.words(for: result, of: entry)
            return MappingRow(entry, word: word, what: what, problem: result.problem)
        }
        self.stop = stop
        exitCode = stop?.exitCode ?? (results.allSatisfy(\.isDone) ? 0 : 1)
    }

    private static let coreRule = "a CORE mapping keeps its update"

    private static func words(for result: MappingResult, of entry: MappingPlan.Entry) -> (String, String) {
        switch result {
        case .created: ("created", "created")
        case .changed: ("changed", "changed")
        case .same, .onlyThere: (entry.word, entry.word)
        case .planned: (entry.word, "would be \(entry.word)d")
        case .different: ("different", "differs; --change changes it")
        case .unchangeable: ("unchangeable", "cannot be changed: \(coreRule)")
        case .refused(let problem): ("refused", "refused: \(problem.summary)")
        case .failed(let problem): ("failed", "not done: \(problem.summary); run again")
        case .unsettled(let problem): ("unsettled", "not known whether done: \(problem.summary); run again")
        case .unsent: ("unsent", "not sent; run again")
        }
    }
}

/// One line of the table.
private struct MappingRow: Equatable {
    var mapping: AttributeMapping
    /// `create`, `created`: to count by, and for programs.
    var word: String
    /// The same for people, with the reason where there is one.
    var what: String
    /// Where the file asks for it.
    var line: Int?
    /// What the provider had, where the file wants something else.
    var there: AttributeMapping?
    var problem: RowProblem?
}

extension MappingRow {
    fileprivate init(_ entry: MappingPlan.Entry, word: String, what: String, problem: RowProblem? = nil) {
        mapping = entry.mapping
        self.word = word
        self.what = what
        line = entry.line
        if case .change(_, let existing) = entry { there = existing }
        self.problem = problem
    }
}

extension MappingPlan.Entry {
    fileprivate var word: String {
        switch self {
        case .create: "create"
        case .change: "change"
        case .same: "same"
        case .onlyThere: "only there"
        }
    }
}

extension MappingSummary {
    /// A table with aligned columns, and how many rows there are of each kind.
    package var text: String {
        var cells = [["name", "update", "value", "what"]]
        for row in rows {
            cells.append([row.mapping.name, row.mapping.update.rawValue, row.mapping.value, row.what])
            if let there = row.there {
                let when = row.word == "changed" ? "(before)" : "(there)"
                cells.append(["", there.update.rawValue, there.value, when])
            }
        }
        let counts = CountList.inline(kinds)
        let total =
            "\(type), identity provider \(identityProvider): "
            + "\(CountList.counted(rows.count, "mapping"))\(counts.isEmpty ? "" : ": \(counts)")"
        return rows.isEmpty ? total : TextTable.text(cells) + "\n" + total
    }

    package var shortfall: String? {
        guard exitCode == 1 else { return nil }
        let counts = CountList.inline(kinds.filter { !Self.wordsOfSuccess.contains($0.1) })
        return "\(CountList.counted(rows.count, "mapping")): \(counts). mappings plan FILE shows them."
    }

    private static let wordsOfSuccess: Set = ["create", "created", "changed", "same", "only there"]

    /// How many rows there are of each kind, in the order in which the kinds come.
    private var kinds: [(Int, String)] {
        var kinds: [(count: Int, word: String)] = []
        for row in rows {
            if let index = kinds.firstIndex(where: { $0.word == row.word }) {
                kinds[index].count += 1
            } else {
                kinds.append((1, row.word))
            }
        }
        return kinds
    }

    /// One JSON object on one line.
    package var json: String {
        JSONValue.object([
            "identity_provider_id": .string(identityProvider),
            "type": .string(type.apiName),
            "mappings": .array(rows.map(\.json)),
            "exit_code": JSONValue(exitCode),
        ]).text
    }
}

extension MappingRow {
    fileprivate var json: JSONValue {
        .object([
            "name": .string(mapping.name),
            "update": .string(mapping.update.rawValue),
            "value": .string(mapping.value),
            "what": .string(word.replacing(" ", with: "-")),
            "line": JSONValue(line),
            "there": there.map { .object(["update": .string($0.update.rawValue), "value": .string($0.value)]) }
                ?? .null,
            "problem": JSONValue(problem?.summary),
        ])
    }
}
