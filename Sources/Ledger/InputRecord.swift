/// One input in one environment, as its last run saw it.
package struct InputRecord: Sendable, Equatable {
    package var environmentID: String
    /// Where its last run has asked; nil where that was not noted.
    package var host: String?
    /// As the user named it in its last run.
    package var source: String
    /// Its rows; a state that no row is in is missing.
    package var counts: [LinkState: Int]
    /// Of its linked rows, those that stand in another input too and are counted with that one in a sum.
    package var shared: Int
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
        shared: Int = 0,
        unsent: Int = 0,
        gone: [LinkState: Int] = [:],
        lastRun: Int64 = 0
    ) {
        self.environmentID = environmentID
        self.host = host
        self.source = source
        self.counts = counts
        self.shared = shared
        self.unsent = unsent
        self.gone = gone
        self.lastRun = lastRun
    }
}

extension Sequence<InputRecord> {
    /// The rows of all of them, each once; a state that no row is in is missing.
    package var counts: [LinkState: Int] {
        var sum: [LinkState: Int] = [:]
        for input in self {
            sum.merge(input.counts, uniquingKeysWith: +)
            sum[.linked, default: 0] -= input.shared
        }
        return sum.filter { $0.value != 0 }
    }
}
