package import PingOneAPI
import Synchronization

/// The attribute mappings for the rows of one input: fetched once for each identity provider, bound once to the header,
/// with a word about each mapping and column that has no effect.
///
/// Any thread may use it, one at a time: two that meet an identity provider at once would both fetch.
package final class MappingBook: Sendable {
    package enum Source: Sendable {
        /// The same mappings for all identity providers, from a file of this name.
        case file(name: String, [AttributeMapping])
        /// Each identity provider's own. `fetch` gives nil when it has stopped the run: no row will be sent then.
        case identityProviders(fetch: @Sendable (_ id: String) -> [AttributeMapping]?)
    }

    private struct State {
        /// By identity provider; those for all have none.
        var bindings: [UUIDText?: BoundMappings] = [:]
        /// The columns of which it was said that no mapping reads them.
        var unread: Set<Int> = []
    }

    private let source: Source
    private let warn: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// `warn` is called on the thread that asks.
    package init(_ source: Source, warn: @escaping @Sendable (String) -> Void) {
        self.source = source
        self.warn = warn
    }

    /// The mappings that are the same for all identity providers, whatever PingOne has; nil where each has its own.
    package var fixed: [AttributeMapping]? {
        if case .file(_, let mappings) = source { mappings } else { nil }
    }

    /// Fetches what is not there yet, and warns.
    ///
    /// `plan` is that of the input's header, the same in each call.
    func prepare(for identityProviders: [String], plan: ColumnPlan) {
        var isComplete = true
        switch source {
        case .file(let name, let mappings): add(BoundMappings(mappings, of: name, plan: plan), for: nil)
        case .identityProviders(let fetch):
            for id in identityProviders {
                guard let provider = UUIDText(id), known(provider) == nil else { continue }
                let fetched = fetch(id)
                isComplete = isComplete && fetched != nil
                add(BoundMappings(fetched ?? [], of: "identity provider \(id)", plan: plan), for: provider)
            }
        }
        if isComplete { warnOfUnreadColumns(plan) }
    }

    /// The mappings for rows of this identity provider; `id` is its name in the file.
    func bindings(of provider: UUIDText, named id: String, to plan: ColumnPlan) -> BoundMappings {
        if let bindings = known(provider) { return bindings }
        prepare(for: [id], plan: plan)
        guard let bindings = known(provider) else { preconditionFailure("\(id) is another identity provider") }
        return bindings
    }

    private func known(_ provider: UUIDText) -> BoundMappings? {
        let key: UUIDText? = if case .file = source { nil } else { provider }
        return state.withLock { $0.bindings[key] }
    }

    private func add(_ bindings: BoundMappings, for provider: UUIDText?) {
        let isNew = state.withLock { $0.bindings.updateValue(bindings, forKey: provider) == nil }
        if isNew { bindings.warnings.forEach(warn) }
    }

    private func warnOfUnreadColumns(_ plan: ColumnPlan) {
        let (columns, owners) = state.withLock { state -> ([Int], [String]) in
            guard !state.bindings.isEmpty else { return ([], []) }
            let read = state.bindings.values.reduce(into: state.unread) { $0.formUnion($1.columns) }
            let unread = Set(plan.providerAttributeColumns.values).subtracting(read)
            state.unread.formUnion(unread)
            return (unread.sorted(), state.bindings.values.map(\.owner).sorted())
        }
        guard !columns.isEmpty else { return }
        let names = columns.map { "\"\(plan.names[$0])\"" }.joined(separator: ", ")
        warn(
            "No mapping of \(owners.joined(separator: ", ")) reads the \(columns.count == 1 ? "column" : "columns") "
                + "\(names): what \(columns.count == 1 ? "it holds" : "they hold") is not sent."
        )
    }
}
