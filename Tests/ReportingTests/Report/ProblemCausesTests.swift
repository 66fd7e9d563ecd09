import Foundation
import Ledger
import LedgerTestKit
import SQLiteLedger
import SQLiteTestKit
import TestKit
import Testing

@testable import Reporting

@Suite("Why rows are not linked, by cause")
struct ProblemCausesTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func causes(of ledger: any Ledger, _ path: String) throws -> [ProblemCauses.Group] {
        try ledger.flush()
        var causes = ProblemCauses()
        try SQLiteLedgerReader(path: path).forEachResult { row in
            if row.state != .linked { causes.add(row) }
        }
        return causes.sorted
    }

    @Test("rows with the same cause are one, the most frequent first, with five lines for example and a hint")
    func groups() throws {
        let path = folder.path("users.csv.ledger")
        let ledger = try openRun(path, source: "exports/users.csv")
        for number in 1...7 {
            let settlement = Settlement(
                state: .rejected,
                httpStatus: 404,
                errorCode: "NOT_FOUND",
                errorID: "e-\(number)"
            )
            try ledger.settle(candidate(number), as: settlement)
        }
        try ledger.settle(
            candidate(8),
            as: Settlement(
                state: .rejected,
                httpStatus: 400,
                errorCode: "INVALID_DATA",
                errorDetail: "UNIQUENESS_VIOLATION (externalId)",
                errorFact: .exists
            )
        )
        try ledger.settle(
            candidate(9),
            as: Settlement(
                state: .unsettled,
                errorCode: "NO_ANSWER",
                errorDetail: "timed out after 30001 milliseconds, read-back: HTTP 503"
            )
        )
        try ledger.settle(
            candidate(10),
            as: Settlement(
                state: .unsettled,
                errorCode: "NO_ANSWER",
                errorDetail: "timed out after 30002 milliseconds, read-back: HTTP 503"
            )
        )
        let groups = try causes(of: ledger, path)
        #expect(groups.map(\.rows) == [7, 2, 1])
        #expect(groups.map(\.cause.code) == ["HTTP 404 NOT_FOUND", "NO_ANSWER", "HTTP 400 INVALID_DATA"])
        #expect(
            groups.map(\.cause.detail) == [
                "", "timed out after … milliseconds, read-back: HTTP 503", "UNIQUENESS_VIOLATION (externalId)",
            ]
        )
        #expect(
            groups.map(\.cause.hint) == [
                "Check that the user is in this environment and visible to the worker application. "
                    + "Then use --retry not-found.",
                "Nothing is wrong with the row: run again, its links are read first.",
                "The account, or an attribute's value, belongs to another user: find out which and correct one of them; "
                    + "if that was in PingOne, use --retry rejected.",
            ]
        )
        #expect(groups[0].examples == [.init(source: "users.csv", lines: [2, 3, 4, 5, 6])])
        try ledger.finish()
    }

    @Test("what differs from row to row is no cause, and no text of a row is told")
    func invalid() throws {
        let path = folder.path("users.csv.ledger")
        let ledger = try openRun(path)
        func row(_ line: Int, _ code: String, _ detail: String, column: String? = nil) -> InvalidRow {
            InvalidRow(
                line: line,
                content: UInt64(line),
                errorCode: code,
                errorDetail: detail,
                errorColumn: column
            )
        }
        try ledger.recordInvalid([
            row(
                2,
                "CLAIMED_FOR_TWO_USERS",
                #"column "externalId": line 3 claims the same external id for another user"#,
                column: "externalId"
            ),
            row(
                3,
                "CLAIMED_FOR_TWO_USERS",
                #"column "externalId": line 2 claims the same external id for another user"#,
                column: "externalId"
            ),
            row(4, "ATTRIBUTE_NAMED_TWICE", #"the attribute "planted@example.com" is named twice"#),
            row(5, "ATTRIBUTE_NAMED_TWICE", #"the attribute "planted 2" is named twice"#),
            row(
                6,
                "INVALID_ATTRIBUTES",
                #"column "attributes": not valid JSON (at byte 7 of the cell)"#,
                column: "attributes"
            ),
        ])
        let groups = try causes(of: ledger, path)
        #expect(groups.map(\.rows) == [2, 2, 1])
        #expect(
            groups.map(\.cause.detail) == [
                #"the attribute "…" is named twice"#,
                #"column "externalId": line … claims the same external id for another user"#,
                #"column "attributes": not valid JSON (at byte … of the cell)"#,
            ]
        )
        #expect(groups[0].cause.hint == "Keep one of the two.")
        try ledger.finish()
    }

    @Test("a removal in doubt has its own advice")
    func undoing() throws {
        let path = folder.path("users.csv.ledger")
        let ledger = try openRun(path)
        let linked = Settlement(state: .linked, evidence: .reply, linkedAccountID: "la-1", httpStatus: 201)
        try ledger.settle(candidate(1), as: linked)
        _ = try ledger.beginUndoing(UndoChoice(environment: environment), after: nil, count: 1)
        let groups = try causes(of: ledger, path)
        #expect(groups.map(\.cause.hint) == ["Run undo again: whether the link is gone is looked up first."])
        try ledger.finish()
    }

    @Test("an input with a million causes is told by its codes")
    func bounded() throws {
        let path = folder.path("users.csv.ledger")
        let ledger = try openRun(path)
        try ledger.recordInvalid(
            (1...1200).map { InvalidRow(line: $0, content: 1, errorCode: "X", errorDetail: "d\($0)") }
        )
        let groups = try causes(of: ledger, path)
        #expect(groups.count == 501)
        #expect(groups[0].rows == 700)
        #expect(groups[0].cause.detail == "")
        try ledger.finish()
    }
}
