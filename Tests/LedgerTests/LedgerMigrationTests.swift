import Foundation
import GRDB
import Ledger
import LedgerTestKit
import SQLiteTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("A ledger of an earlier version")
struct LedgerMigrationTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A file of version 1, as that version has left it: two links, an invalid row and the run that made them.
    private func makeFirstVersion() throws {
        let connection = try DatabaseQueue(path: folder.ledger)
        try connection.writeWithoutTransaction { database in
            try LedgerSchema.migrate(database, from: 0, to: 1, salt: 5)
            try database.execute(
                sql: """
                    INSERT INTO environments VALUES (1, '\(environment)');
                    INSERT INTO identity_providers VALUES (1, '\(provider)');
                    INSERT INTO inputs VALUES (1, '/data/users.csv');
                    INSERT INTO run_records
                        VALUES (1, 'run-1', 1772337906789, 1772337907789, 'users.csv', 1, 'abc', 3, 1, NULL);
                    INSERT INTO invalid_rows
                        VALUES (1, 1, 4, 1, 9, NULL, NULL, NULL, NULL, 'EMPTY_ID', 'externalId is empty', 1772337906789);
                    """
            )
            for (number, state, evidence) in [(1, LinkState.linked, 1), (2, .failed, nil)] as [(Int, LinkState, Int?)] {
                try database.execute(
                    sql: """
                        INSERT INTO links VALUES
                            (?, ?, 1, 1, ?, ?, 7, ?, 1, ?, 1772337906789, 1, 1, ?, 201, 42, ?, NULL, NULL, NULL, 'c-1')
                        """,
                    arguments: [
                        number, LinkKey.firstStoredHash(key(number)), key(number).userID, key(number).externalID,
                        number + 1,
                        state.code, evidence, evidence.map { _ in "la-\(number)" },
                    ]
                )
            }
        }
        try connection.close()
    }

    private func version() throws -> String? {
        try rows(folder.ledger, "PRAGMA user_version")[0]["user_version"]
    }

    @Test("is read as it is")
    func reading() throws {
        try makeFirstVersion()
        let reader = try SQLiteLedgerReader(path: folder.ledger)
        #expect(try reader.counts() == [.linked: 1, .failed: 1, .invalid: 1])
        #expect(try reader.environments() == [environment])
        let activity = try reader.activity()
        #expect(activity.runs.map(\.runID) == ["run-1"])
        #expect(activity.runs.map(\.pace) == [[]])
        #expect(activity.runs[0].settled.reduce(0, +) == 2)
        #expect(activity.latencies == [42: 2])
        #expect(try reader.verification() == nil)
        reader.close()
        #expect(try version() == "1")
    }

    @Test("is brought up to date when it is opened for writing, with its rows intact and every command at work")
    func upgrade() throws {
        try makeFirstVersion()
        let views = try results(folder.ledger) + rows(folder.ledger, "SELECT * FROM runs")
        let ledger = try SQLiteLedger.open(at: folder.ledger, now: { moment })
        #expect(ledger.contentSalt == 5)
        #expect(try results(folder.ledger) + rows(folder.ledger, "SELECT * FROM runs") == views)
        #expect(try version() == "\(LedgerSchema.version)")

        let known = try ledger.lookUp([candidate(1), candidate(2), candidate(3)])
        #expect(known.map { $0?.state } == [.linked, .failed, nil])
        #expect(known[0]?.linkedAccountID == "la-1")
        let verification = try ledger.beginVerification(environment: environment, isAnew: false)
        #expect(verification == Verification(rows: 1, checked: 0, elsewhere: 0, inDoubt: 1))
        #expect(try ledger.rowsToVerify(from: 0, count: 10).map(\.line) == [2])
        #expect(
            try ledger.undoExtent(UndoChoice(environment: environment)) == UndoExtent(links: 1, leftOut: 0, inDoubt: 1)
        )
        try ledger.beginRun(RunStart(id: "run-2", source: "users.csv", inputName: "/data/users.csv"))
        #expect(try ledger.admitUnfinished([candidate(1), candidate(2)]).map { $0.ticket != nil } == [false, true])
        try ledger.finish()
    }

    @Test("has facts that stood in its texts, as it is and when it is brought up to date")
    func facts() throws {
        try makeFirstVersion()
        let texts: [(state: LinkState, code: String, detail: String, fact: ProblemFact?, column: String?)] = [
            (.rejected, "INVALID_DATA", "UNIQUENESS_VIOLATION (externalId)", .exists, nil),
            (.unsettled, "INVALID_DATA", "UNIQUENESS_VIOLATION (externalId), read-back: not shown yet", .notShown, nil),
            (.unsettled, "NO_ANSWER", "reset, read-back: not shown yet", .notShown, nil),
            (.unsettled, "UNDO_UNSETTLED", "", nil, nil),
            (
                .invalid, "CLAIMED_FOR_TWO_USERS",
                #"column "externalId": line 2 of a.csv has claimed the same external id for another user in this ledger"#,
                .claimedInLedger, "externalId"
            ),
            (.invalid, "WRONG_FIELD_COUNT", "still 2 fields where the header has 3", .stillMissing, nil),
            (.invalid, "EMPTY_USER_KEY", #"column "Log: in": the user's email is empty"#, .email, "Log: in"),
            (.invalid, "NO_SUCH_USER", #"column "userID": no user has this externalId"#, .externalID, "userID"),
            (.invalid, "INVALID_USER_ID", #"column "userID": the user id is not a UUID"#, nil, "userID"),
        ]
        let connection = try DatabaseQueue(path: folder.ledger)
        try connection.writeWithoutTransaction { database in
            try database.execute(sql: "DELETE FROM links; DELETE FROM invalid_rows")
            for (number, text) in texts.enumerated() {
                if text.state == .invalid {
                    try database.execute(
                        sql: "INSERT INTO invalid_rows VALUES (NULL, 1, ?, 1, 9, NULL, NULL, NULL, NULL, ?, ?, 0)",
                        arguments: [number, text.code, text.detail]
                    )
                } else {
                    try database.execute(
                        sql: """
                            INSERT INTO links VALUES
                                (?, ?, 1, 1, 'u', ?, 7, ?, 1, ?, 0, 1, 1, NULL, 400, 42, NULL, ?, ?, NULL, NULL)
                            """,
                        arguments: [number, number, "\(number)", number, text.state.code, text.code, text.detail]
                    )
                }
            }
        }
        try connection.close()
        for _ in 1...2 {
            let reader = try SQLiteLedgerReader(path: folder.ledger)
            let read = try reader.results()
            reader.close()
            #expect(read.map(\.errorFact) == texts.map(\.fact))
            #expect(read.map(\.errorColumn) == texts.map(\.column))
            #expect(read.map(\.isBeingUndone) == texts.map { $0.code == "UNDO_UNSETTLED" })
            try SQLiteLedger.open(at: folder.ledger, now: { moment }).close()
        }
    }

    @Test("one that is brought up to date has the schema of a new one")
    func sameSchema() throws {
        try makeFirstVersion()
        try SQLiteLedger.open(at: folder.ledger, now: { moment }).close()
        try SQLiteLedger.open(at: folder.path("new.ledger"), now: { moment }).close()
        let schema = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
        #expect(try rows(folder.ledger, schema) == rows(folder.path("new.ledger"), schema))
    }
}
