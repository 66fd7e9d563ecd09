import Ledger
import LedgerTestKit
import Testing

@testable import SQLiteLedger

@Suite("A ledger that cannot be used")
struct LedgerErrorTests {
    @Test(
        "says what happened, where, and what to do next",
        arguments: [
            (
                .cannotCreate(path: "a.ledger", reason: "permission denied"),
                "a.ledger: the ledger cannot be created or opened for writing: permission denied. "
                    + "Correct that, then run again; a new ledger may have another place (--ledger)."
            ),
            (
                .cannotRead(path: "a.ledger", reason: "no such file or directory"),
                "a.ledger: the ledger cannot be read: no such file or directory. Check the path and the permissions."
            ),
            (
                .notALedger(path: "a.csv", reason: "it is not an SQLite database"),
                "a.csv: this is no ledger: it is not an SQLite database. It was left as it is; name another file as the ledger."
            ),
            (
                .newerSchema(path: "a.ledger", found: 2, supported: 1),
                "a.ledger: the ledger has format 2, this program knows formats up to 1. "
                    + "Use the newer version that wrote it."
            ),
            (
                .damaged(path: "a.ledger", reason: "the database is malformed"),
                "a.ledger: the ledger is damaged: the database is malformed (a.ledger, a.ledger-wal and a.ledger-shm belong "
                    + "together after a killed run: a copy needs all that are there). Restore it from a backup. Where there is "
                    + "none, move it away: an import that is run again finds the links that exist and records them as "
                    + "already-linked, so that undo can not remove them."
            ),
            (
                .cannotRead(path: "postgres://db/a", reason: "no such host"),
                "postgres://db/a: the ledger cannot be read: no such host. "
                    + "Check the address, the permissions and --ledger-schema."
            ),
            (
                .notALedger(path: "postgresql://db/a", reason: "its tables are another program's"),
                "postgresql://db/a: this is no ledger: its tables are another program's. "
                    + "It was left as it is; name another schema with --ledger-schema."
            ),
            (
                .damaged(path: "postgresql://db/a", reason: "a value in it cannot be read"),
                "postgresql://db/a: the ledger is damaged: a value in it cannot be read. Restore it from a backup. "
                    + "Where there is none, name another schema with --ledger-schema: an import that is run again finds the "
                    + "links that exist and records them as already-linked, so that undo can not remove them."
            ),
            (
                .writeFailed(path: "a.ledger", reason: "the disk is full"),
                "a.ledger: the ledger cannot be written: the disk is full. "
                    + "Nothing recorded is lost; correct that, then run again to go on."
            ),
            (
                .held(path: "a.ledger", processID: 1234, since: moment),
                "a.ledger: another run holds the ledger (process 1234, since 2026-03-01T04:05:06Z). "
                    + "Wait for it or stop it, then run again."
            ),
            (
                .held(path: "a.ledger", processID: nil, since: nil),
                "a.ledger: another run holds the ledger. Wait for it or stop it, then run again."
            ),
        ] as [(LedgerError, String)]
    )
    func messages(error: LedgerError, message: String) {
        #expect(error.description == message)
    }
}
