import Foundation
import GRDB
import Ledger
import LedgerTestKit
import SQLiteTestKit
import Synchronization
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("What a ledger in a file keeps of rows and runs")
struct LedgerTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("an intent is durable when the admission returns, and a killed process leaves it")
    func intentIsDurable() throws {
        let ledger = try openRun(folder.ledger)
        let admissions = try ledger.admitUnfinished([candidate(1), candidate(2)])
        #expect(admissions.map(\.known) == [nil, nil])
        #expect(admissions.allSatisfy { $0.ticket != nil })

        let image = try folder.crashImage()
        #expect(try results(image.ledger).map { $0["state"] } == ["intended", "intended"])

        let next = try openRun(image.ledger, id: "run-2")
        let again = try next.admitUnfinished([candidate(2), candidate(1), candidate(3)])
        #expect(again.map { $0.known?.doubt } == [.linking, .linking, nil])
        #expect(again.map { $0.known?.state } == [.intended, .intended, nil])
        #expect(again.map { $0.known?.isOfThisRun } == [false, false, nil])
        #expect(again.allSatisfy { $0.ticket != nil })
    }

    @Test(
        "every settlement comes back as it was recorded",
        arguments: [
            Settlement(
                state: .linked,
                evidence: .reply,
                linkedAccountID: "la-1",
                httpStatus: 201,
                correlationID: "c-1",
                attempts: 1,
                posts: 1,
                latency: .milliseconds(42)
            ),
            Settlement(state: .linked, evidence: .readBack, linkedAccountID: "la-2", attempts: 2, posts: 1),
            Settlement(state: .alreadyLinked, linkedAccountID: "la-3", httpStatus: 400, attempts: 1, posts: 1),
            Settlement(
                state: .rejected,
                httpStatus: 400,
                errorCode: "INVALID_DATA",
                errorDetail: "INVALID_VALUE externalId",
                errorID: "e-1",
                correlationID: "c-2",
                attempts: 1,
                posts: 1,
                latency: .seconds(3)
            ),
            Settlement(state: .failed, httpStatus: 503, errorCode: "SERVICE_UNAVAILABLE", attempts: 5, posts: 5),
            Settlement(state: .unsettled, errorCode: "timeout", attempts: 5, posts: 1),
            Settlement(state: .failed, doubt: .linking, httpStatus: 500, attempts: 5, posts: 5),
            Settlement(state: .unsettled, doubt: .refused, httpStatus: 502, attempts: 1, posts: 1),
            Settlement(state: .undone, linkedAccountID: "la-4", httpStatus: 204, attempts: 1),
        ]
    )
    func roundTrip(settlement: Settlement) async throws {
        let ledger = try openRun(folder.ledger)
        try await ledger.settle(try ledger.ticket(candidate(1)), as: settlement)

        let known = try #require(try ledger.lookUp([candidate(1)])[0])
        #expect(known.state == settlement.state)
        #expect(known.content == 7)
        #expect(known.linkedAccountID == settlement.linkedAccountID)
        #expect(known.httpStatus == settlement.httpStatus)
        #expect(known.errorCode == settlement.errorCode)
        #expect(known.errorDetail == settlement.errorDetail)
        #expect(known.attempts == settlement.attempts)
        #expect(known.posts == settlement.posts)
        #expect(known.line == 2)
        #expect(known.doubt == (settlement.doubt ?? (settlement.state == .unsettled ? .linking : nil)))

        var expected = [
            "key": "\(environment)/\(key(1).userID)/\(provider)/account 1", "line": "2", "source": "users.csv",
            "user_id": key(1).userID, "external_id": "account 1", "identity_provider_id": provider,
            "state": settlement.state.rawValue, "attempts": "\(settlement.attempts)", "posts": "\(settlement.posts)",
            "run_id": "run-1", "updated_at": "2026-03-01T04:05:06.789Z",
        ]
        expected["evidence"] = settlement.evidence?.rawValue
        expected["linked_account_id"] = settlement.linkedAccountID
        expected["http_status"] = settlement.httpStatus.map(String.init)
        expected["error_code"] = settlement.errorCode
        expected["error_detail"] = settlement.errorDetail
        expected["error_id"] = settlement.errorID
        expected["correlation_id"] = settlement.correlationID
        expected["latency_ms"] = settlement.latency.map { "\($0.wholeMilliseconds)" }
        #expect(try results(folder.ledger) == [expected])
    }

    @Test("a row is known again by its content: other case, order, line, source and run do not matter")
    func resumeByContent() async throws {
        let first = try openRun(folder.ledger)
        try await first.settle(try first.ticket(candidate(1)), as: Settlement(state: .linked, attempts: 1, posts: 1))
        try first.finish()

        let second = try openRun(folder.ledger, id: "run-2", input: "/data/renamed.csv.gz")
        var same = candidate(1, line: 99)
        same.key.userID = same.key.userID.uppercased()
        same.key.environment = same.key.environment.uppercased()
        same.key.identityProviderID = same.key.identityProviderID.uppercased()
        var other = same
        other.key.externalID = "Account 1"
        let admissions = try second.admitUnfinished([same, other])
        #expect(admissions[0].known?.state == .linked)
        #expect(admissions[0].ticket == nil)
        #expect(admissions[1].known == nil)
        #expect(admissions[1].ticket != nil)
        #expect(try results(folder.ledger).map { $0["line"] } == ["2", "99"])
    }

    @Test("attempts and POSTs of later runs are added, everything else is replaced")
    func countersGoOn() async throws {
        let first = try openRun(folder.ledger)
        try await first.settle(
            try first.ticket(candidate(1)),
            as: Settlement(state: .failed, httpStatus: 503, errorCode: "X", attempts: 5, posts: 4)
        )
        try first.finish(exitCode: 1)

        let second = try openRun(folder.ledger, id: "run-2")
        let ticket = try second.ticket(candidate(1, line: 7, content: 8))
        #expect(try results(folder.ledger)[0]["state"] == "intended")
        try await second.settle(ticket, as: Settlement(state: .linked, evidence: .reply, attempts: 2, posts: 1))
        let row = try results(folder.ledger)[0]
        #expect(row["attempts"] == "7")
        #expect(row["posts"] == "5")
        #expect(row["line"] == "7")
        #expect(row["run_id"] == "run-2")
        #expect(row["http_status"] == nil)
        #expect(row["error_code"] == nil)
        #expect(try second.lookUp([candidate(1)])[0]?.content == 8)
    }

    @Test("a key that occurs twice in one batch gets one ticket, whatever is decided")
    func oneTicketForAKey() async throws {
        let ledger = try openRun(folder.ledger)
        let admissions = try ledger.admit([candidate(1), candidate(1, line: 5)]) { _, _ in true }
        let ticket = try #require(admissions[0].ticket)
        #expect(admissions[1].ticket == nil)
        #expect(admissions[1].known?.isOfThisRun == true)
        #expect(admissions[1].known?.line == 2)

        try await ledger.settle(ticket, as: Settlement(state: .failed, attempts: 5, posts: 5))
        #expect(try ledger.admit([candidate(1)]) { _, _ in true }[0].ticket == ticket)
    }

    @Test("two keys with the same hash are two rows")
    func collidingHashes() async throws {
        let ledger = try SQLiteLedger.open(at: folder.ledger, now: { moment }, salt: 1) { _ in 42 }
        try ledger.beginRun(RunStart(id: "run-1", source: "users.csv", inputName: "users.csv"))
        let admissions = try ledger.admitUnfinished((1...20).map { candidate($0) })
        for (number, admission) in zip(1..., admissions) {
            let ticket = try #require(admission.ticket)
            ledger.record(Settlement(state: .linked, linkedAccountID: "la-\(number)"), for: ticket)
        }
        let known = try ledger.lookUp((0...20).map { candidate($0) })
        #expect(known[0] == nil)
        #expect(known.dropFirst().map { $0?.linkedAccountID } == (1...20).map { "la-\($0)" })
    }

    @Test("a withdrawn new row is gone, and can be admitted again")
    func withdrawNew() throws {
        let ledger = try openRun(folder.ledger)
        let admission = try ledger.admitUnfinished([candidate(1)])[0]
        ledger.withdraw(try #require(admission.ticket), restoring: admission.known)
        #expect(try ledger.lookUp([candidate(1)]) == [nil])
        #expect(try results(folder.ledger) == [])
        #expect(try ledger.admitUnfinished([candidate(1)])[0].ticket != nil)
    }

    @Test(
        "a withdrawn known row is what it was before",
        arguments: [
            LinkState.linked, .alreadyLinked, .rejected, .failed, .unsettled, .undone,
        ]
    )
    func withdrawKnown(state: LinkState) async throws {
        let first = try openRun(folder.ledger)
        try await first.settle(
            try first.ticket(candidate(1)),
            as: Settlement(state: state, evidence: .reply, linkedAccountID: "la", attempts: 3, posts: 2)
        )
        try first.finish()
        let before = try results(folder.ledger)

        let second = try openRun(folder.ledger, id: "run-2")
        let admission = try second.admit([candidate(1, line: 50, content: 51)]) { _, _ in true }[0]
        let during = try results(folder.ledger)[0]
        #expect(during["state"] == "intended")
        #expect(during["evidence"] == nil)
        second.withdraw(try #require(admission.ticket), restoring: admission.known)
        #expect(try second.lookUp([candidate(1)])[0] == admission.known)
        #expect(try results(folder.ledger) == before)
    }

    @Test("a doubt that was left by a killed run is there again after a withdrawal")
    func withdrawDoubt() throws {
        let first = try openRun(folder.ledger)
        _ = try first.ticket(candidate(1))
        let image = try folder.crashImage()
        let second = try openRun(image.ledger, id: "run-2")
        let admission = try second.admitUnfinished([candidate(1)])[0]
        second.withdraw(try #require(admission.ticket), restoring: admission.known)
        let again = try second.admitUnfinished([candidate(1)])[0]
        #expect(again.known?.doubt == .linking)
        #expect(again.known?.isOfThisRun == false)
        #expect(again.ticket != nil)
    }

    @Test("a decision not to send leaves the row as it is")
    func declined() throws {
        let ledger = try openRun(folder.ledger)
        var declined = Admission(known: nil, ticket: nil)
        declined.isDeclined = true
        #expect(try ledger.admit([candidate(1)]) { _, _ in false } == [declined])
        #expect(try results(folder.ledger) == [])
    }

    @Test("runs are listed with how they ended")
    func runs() throws {
        let first = try openRun(folder.ledger)
        try first.endRun(RunEnd(rows: 3, sha256: "ab12", exitCode: 130, stoppedBy: "SIGINT"))
        try first.beginRun(RunStart(id: "run-2", source: "-", inputName: "-"))
        #expect(
            try rows(folder.ledger, "SELECT * FROM runs") == [
                [
                    "run_id": "run-1", "started_at": "2026-03-01T04:05:06.789Z",
                    "ended_at": "2026-03-01T04:05:06.789Z", "source": "users.csv", "source_sha256": "ab12", "rows": "3",
                    "exit_code": "130", "stopped_by": "SIGINT",
                ],
                ["run_id": "run-2", "started_at": "2026-03-01T04:05:06.789Z", "source": "-"],
            ]
        )
    }

    @Test("closing leaves one file, keeps everything, and refuses what comes later")
    func closing() async throws {
        let path = folder.ledger
        let ledger = try openRun(path)
        let ticket = try ledger.ticket(candidate(1))
        ledger.record(Settlement(state: .linked), for: ticket)
        try ledger.finish()
        #expect(try folder.names == ["users.csv.ledger"])
        #expect(try results(path).map { $0["state"] } == ["linked"])

        let closed = LedgerError.writeFailed(path: path, reason: "it has been closed")
        #expect(throws: closed) { try ledger.flush() }
        #expect(throws: closed) { try ledger.close() }
        await #expect(throws: closed) { try await ledger.settle(ticket, as: Settlement(state: .linked)) }
        #expect(openingError(path) == nil)
    }

    @Test("a ledger that is merely dropped frees its lock and keeps what was recorded")
    func dropped() throws {
        var ledger: (any Ledger)? = try openRun(folder.ledger)
        _ = try ledger?.ticket(candidate(1))
        ledger = nil
        #expect(openingError(folder.ledger) == nil)
        #expect(try results(folder.ledger).count == 1)
    }

    @Test("the salt is the ledger's own and stays the same")
    func salt() throws {
        let first = try openRun(folder.ledger)
        let salt = first.contentSalt
        try first.finish()
        #expect(try SQLiteLedger.open(at: folder.ledger, now: { moment }).contentSalt == salt)
        #expect(try SQLiteLedgerReader(path: folder.ledger).contentSalt == salt)
        #expect(try SQLiteLedger.open(at: folder.path("other.ledger"), now: { moment }).contentSalt != salt)
    }
}
