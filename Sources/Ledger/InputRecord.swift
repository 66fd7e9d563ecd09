/// One input in one environment, as its last run saw it.
package struct InputRecord: Sendable, Equatable {
    package var environmentID: String
    /// Where its last run has asked; nil where that was not noted.
    package var host: String?
    /// As the user named it in its last run.
    package var source: String
    /// Its rows; a state that no row is in is missing.
    package var counts: [LinkState: Int]
    /// Linked rows that a run over this input was the last to touch, wherever they stand.
    package var stored: Int
    /// Rows that no run has sent yet.
    package var unsent: Int
    /// Rows that stood in it once, by their state.
    package var gone: [LinkState: Int]
    /// Grows from run to run: that of the last one over this input.
    package var lastRun: Int64

    package init(
        environmentID: String,
        host: String? = nil,
        source: String,
        counts: [LinkState: Int],
        stored: Int = 0,
        unsent: Int = 0,
        gone: [LinkState: Int] = [:],
        lastRun: Int64 = 0
    ) {
        self.environmentID = environmentID
        self.host = host
        self.source = source
        self.counts = counts
        self.stored = stored
        self.unsent = unsent
        self.gone = gone
        self.lastRun = lastRun
    }
}

extension Sequence<InputRecord> {
    /// The rows of all of them, each once, and those that stand in none of them any more; a state that no row is in is
    /// missing.
    ///
    /// A linked row may stand in several inputs, or have gone from one to another, and a ledger does not note for each row
    /// where it stands: there are as many as the inputs have together, and no more than there are.
    package var sum: (counts: [LinkState: Int], gone: [LinkState: Int]) {
        var counts: [LinkState: Int] = [:]
        var gone: [LinkState: Int] = [:]
        for input in self {
            counts.merge(input.counts, uniquingKeysWith: +)
            gone.merge(input.gone, uniquingKeysWith: +)
        }
        gone[.linked] = 0
        for inputs in Dictionary(grouping: self, by: \.environmentID).values {
            let linked = inputs.reduce(0) { $0 + $1.linked }
            let stored = inputs.reduce(0) { $0 + $1.stored }
            counts[.linked, default: 0] -= Swift.max(0, linked - stored)
            gone[.linked, default: 0] += Swift.max(0, stored - linked)
        }
        return (counts.filter { $0.value != 0 }, gone.filter { $0.value != 0 })
    }
}

extension InputRecord {
    fileprivate var linked: Int { counts[.linked, default: 0] + counts[.alreadyLinked, default: 0] }
}
