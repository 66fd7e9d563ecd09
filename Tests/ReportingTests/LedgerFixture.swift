import Foundation
import Ledger
import SQLiteLedger

/// The moment at which all tests take place: 2026-03-01T04:05:06.789Z.
let moment = Date(timeIntervalSince1970: 1_772_337_906.789)
let momentText = "2026-03-01T04:05:06.789Z"

let environment = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
let provider = "302990c0-289d-40ec-a2ff-e7c7fd0cca63"

struct NoTicket: Error {}

func candidate(_ number: Int, externalID: String? = nil) -> Candidate {
    Candidate(
        key: LinkKey(
            environment: environment,
            userID: "00000000-0000-4000-8000-\(100_000_000_000 + number)",
            identityProviderID: provider,
            externalID: externalID ?? "account \(number)"
        ),
        line: number + 1,
        content: 7
    )
}

/// A ledger with a run that goes on.
func openRun(_ path: String, id: String = "run-1", source: String = "users.csv") throws -> any Ledger {
    let ledger = try SQLiteLedger.open(at: path, now: { moment })
    try ledger.beginRun(RunStart(id: id, source: source, inputName: "/data/\(source)"))
    return ledger
}

extension Ledger {
    func settle(_ candidate: Candidate, as settlement: Settlement) throws {
        guard let ticket = try admit([candidate], deciding: { _, _ in true })[0].ticket else { throw NoTicket() }
        record(settlement, for: ticket)
        try flush()
    }

    /// Ends the run and the ledger.
    func finish(rows: Int? = nil, sha256: String? = nil, exitCode: Int = 0, stoppedBy: String? = nil) throws {
        try endRun(RunEnd(rows: rows, sha256: sha256, exitCode: exitCode, stoppedBy: stoppedBy))
        try close()
    }
}
