/// What is known of a row's problem besides its status and code, where what to do about it depends on that.
package enum ProblemFact: CaseIterable, Sendable {
    /// PingOne refuses a value because another user has it: 400 with `UNIQUENESS_VIOLATION`.
    case exists
    /// PingOne refuses the identity provider itself.
    case identityProvider
    /// What was refused because it exists was in no list that was read since.
    case notShown
    /// The row that claims the same account stands in the ledger rather than in this input.
    case claimedInLedger
    /// Cells of a result file that were missing and still are.
    case stillMissing
    /// By which of these the input names the user.
    case username, email, externalID

    /// The number in a store; as fixed as ``LinkState/code``.
    package var code: Int {
        switch self {
        case .exists: 1
        case .identityProvider: 2
        case .notShown: 3
        case .claimedInLedger: 4
        case .stillMissing: 5
        case .username: 6
        case .email: 7
        case .externalID: 8
        }
    }

    package init?(code: Int) {
        guard let fact = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = fact
    }
}
