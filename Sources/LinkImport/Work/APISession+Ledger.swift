import FoundationEssentials
package import Ledger
import Pacing
import PingOneAPI
package import PingOneClient

extension APISession {
    /// Where rows are linked, for the ledger.
    var place: RunPlace { RunPlace(environment: calls.environment, host: calls.endpoints.apiHost) }

    /// What was held longer ago says little about today.
    private static let longestMemory: TimeInterval = 7 * 86_400

    /// Lets the pace begin where the last run of this ledger in this environment has found its own. From now on the run ends
    /// with the ledger.
    func begin(over ledger: any Ledger) throws(LedgerError) {
        ledger.whenAway { [control] in control.stop(.ledger($0)) }
        let since = wallClock().addingTimeInterval(-Self.longestMemory)
        guard let held = try ledger.heldRates(inEnvironment: calls.environment, since: since) else { return }
        pacer.warmUp(from: EarlierPace(held: held.last, limit: held.limit))
    }
}

extension APICaller {
    /// From now on, requests are about this row, and leave only while it is this process's in the ledger.
    func obey(_ ledger: any Ledger, for ticket: Ticket) {
        permission = ledger.isShared ? { SendPermission(ledger.permission(for: ticket)) } : nil
    }
}

extension SendPermission {
    fileprivate init(_ permission: Permission) {
        self =
            switch permission {
            case .granted: .granted
            case .wait: .wait
            case .refused: .refused
            }
    }
}

extension RunStop {
    package static func ledger(_ error: LedgerError) -> RunStop {
        RunStop(ledgerName, exitCode: 74, error.description)
    }

    private static let ledgerName = "ledger"

    /// Whether the ledger could not be written or read.
    var isTheLedgers: Bool { name == Self.ledgerName }
}
