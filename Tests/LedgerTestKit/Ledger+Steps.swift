package import Ledger

extension Ledger {
    /// Ends the run and the ledger.
    package func finish(rows: Int? = nil, sha256: String? = nil, exitCode: Int = 0) throws {
        try endRun(RunEnd(rows: rows, sha256: sha256, exitCode: exitCode, stoppedBy: nil))
        try close()
    }

    /// Admits what is new, in doubt or failed, as an import does.
    package func admitUnfinished(_ candidates: [Candidate]) throws -> [Admission] {
        try admit(candidates) { $1.known.map { $0.doubt != nil || $0.state == .failed } ?? true }
    }

    /// The permission to send one candidate; fails the test without one.
    package func ticket(_ candidate: Candidate) throws -> Ticket {
        guard let ticket = try admit([candidate], deciding: { _, _ in true })[0].ticket else { throw NoTicket() }
        return ticket
    }

    /// Adds lines 2 to 13, in all states.
    package func fill() throws {
        let states: [LinkState] = [
            .linked, .linked, .linked, .alreadyLinked, .rejected, .failed, .unsettled, .undone,
        ]
        let links = [2, 3, 4, 6, 7, 8, 9, 10, 11, 12].map { candidate($0 - 1, line: $0) }
        let tickets = try admitUnfinished(links).compactMap(\.ticket)
        for (state, ticket) in zip(states, tickets) { record(Settlement(state: state), for: ticket) }
        try recordInvalid([5, 13].map { InvalidRow(line: $0, content: 1, errorCode: "r", errorDetail: "t") })
    }

    /// Waits until the settlement is durable.
    package func settle(_ ticket: Ticket, as settlement: Settlement) async throws {
        _ = try await withCheckedContinuation { continuation in
            record(settlement, for: ticket) { continuation.resume(returning: $0) }
        }.get()
    }
}

package struct NoTicket: Error, Equatable {
    package init() {}
}

extension LedgerReader {
    /// The rows of an export.
    package func results(states: Set<LinkState>? = nil, runID: String? = nil) throws -> [ResultRow] {
        var rows: [ResultRow] = []
        try forEachResult(states: states, runID: runID) { rows.append($0) }
        return rows
    }

    /// The lines of an export's rows.
    package func lines(states: Set<LinkState>? = nil, runID: String? = nil) throws -> [Int] {
        try results(states: states, runID: runID).map(\.line)
    }
}
