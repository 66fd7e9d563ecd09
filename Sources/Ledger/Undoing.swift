/// Which links are to be removed from PingOne.
package struct UndoChoice: Sendable, Equatable {
    package var environment: String
    /// Only links that this run made; nil for all.
    package var runID: String?
    /// Also links that are known from a read-back only: that a POST of this ledger made them is likely, not certain.
    package var includesReadBack: Bool

    package init(environment: String, runID: String? = nil, includesReadBack: Bool = false) {
        self.environment = environment
        self.runID = runID
        self.includesReadBack = includesReadBack
    }
}

/// How many links an ``UndoChoice`` meets.
package struct UndoExtent: Sendable, Equatable {
    /// Links that will be removed.
    package var links: Int
    /// Links of the same runs that are known from a read-back only and were not chosen.
    package var leftOut: Int
    /// Rows of the same runs of which it is not known whether they are linked: an import settles them.
    package var inDoubt: Int

    package init(links: Int, leftOut: Int, inDoubt: Int = 0) {
        self.links = links
        self.leftOut = leftOut
        self.inDoubt = inDoubt
    }
}

/// What became of a link that was to be removed.
package enum UndoOutcome: Sendable, Equatable {
    /// It is not there any more.
    case undone
    /// It certainly is as it was.
    case kept
}
