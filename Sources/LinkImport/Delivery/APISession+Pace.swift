import FoundationEssentials
import Ledger
import Pacing
import PingOneAPI

extension APISession {
    /// What was held longer ago says little about today.
    private static let longestMemory: TimeInterval = 7 * 86_400

    /// Lets the pace begin where the last run of this ledger in this environment has found its own.
    func warmUp(from ledger: any Ledger) throws(LedgerError) {
        let since = wallClock().addingTimeInterval(-Self.longestMemory)
        guard let held = try ledger.heldRates(inEnvironment: calls.environment, since: since) else { return }
        pacer.warmUp(from: EarlierPace(held: held.last, limit: held.limit))
    }
}
