/// Why a run ended before its input did. Each reason is made beside its cause, by an extension of this type there, with its
/// exit code and its words.
package struct RunStop: Sendable, Equatable {
    /// What the run was told, or takes for granted, that may be wrong: whoever shows the message may say where it is from.
    package enum Doubt: Sendable {
        /// Where PingOne is looked for.
        case address
        /// Which environment is meant.
        case environment
        /// This machine's clock.
        case clock
    }

    /// One word for the ledger's `runs`.
    package let name: String
    package let exitCode: Int32
    /// What happened and what to do next.
    package let message: String
    package let doubts: Set<Doubt>
    /// Whether the user asked for it.
    package let isOnPurpose: Bool
    /// Whether rows are rejected that would not be if something else than their data were otherwise: they are sent again when
    /// that is asked for.
    package let hasRejectedInVain: Bool

    package init(
        _ name: String,
        exitCode: Int32,
        _ message: String,
        doubting doubts: Set<Doubt> = [],
        isOnPurpose: Bool = false,
        hasRejectedInVain: Bool = false
    ) {
        self.name = name
        self.exitCode = exitCode
        self.message = message
        self.doubts = doubts
        self.isOnPurpose = isOnPurpose
        self.hasRejectedInVain = hasRejectedInVain
    }
}
