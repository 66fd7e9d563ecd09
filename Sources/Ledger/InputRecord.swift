/// One input in one environment, as its last run saw it.
package struct InputRecord: Sendable, Equatable {
    package var environmentID: String
    /// Where its last run has asked; nil where that was not noted.
    package var host: String?
    /// As the user named it in its last run.
    package var source: String
    /// Its rows; a state that no row is in is missing.
    package var counts: [LinkState: Int]
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
        unsent: Int = 0,
        gone: [LinkState: Int] = [:],
        lastRun: Int64 = 0
    ) {
        self.environmentID = environmentID
        self.host = host
        self.source = source
        self.counts = counts
        self.unsent = unsent
        self.gone = gone
        self.lastRun = lastRun
    }
}
