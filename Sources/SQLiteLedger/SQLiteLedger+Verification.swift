import DurableSteps
import GRDB
package import Ledger

extension SQLiteLedger {
    package func beginVerification(environment: String, isAnew: Bool) throws(LedgerError) -> Verification {
        try committer.transact(reaching: .verificationBegun) { transaction, _ in
            try VerificationTable(transaction.database).begin(environment: environment, isAnew: isAnew, transaction.now)
        }
    }

    package func rowsToVerify(from place: Int, count: Int) throws(LedgerError) -> [ResultRow] {
        try committer.transact { transaction, _ in
            try VerificationTable(transaction.database).rows(from: place, count: count)
        }
    }

    package func record(_ check: UserCheck, completion: @escaping RecordCompletion) {
        committer.enqueue(.init(change: .note(check), completion: completion))
    }

    package func verificationCounts() throws(LedgerError) -> [CheckResult: Int] {
        try committer.transact { transaction, _ in try VerificationTable(transaction.database).counts() }
    }

    package func missingLinks() throws(LedgerError) -> Set<Ticket> {
        try committer.transact { transaction, _ in try VerificationTable(transaction.database).missing() }
    }

    package func endVerification() throws(LedgerError) {
        try committer.transact(reaching: .verificationEnded) { transaction, _ in
            try VerificationTable(transaction.database).end(transaction.now)
        }
    }

    package func forEachVerifiedRow(_ body: (VerifiedRow) throws -> Void) throws {
        var thrownByBody: (any Error)?
        do {
            try committer.connection.read { database in
                do {
                    try VerificationTable(database).forEach(body)
                } catch {
                    thrownByBody = error
                    throw error
                }
            }
        } catch {
            throw thrownByBody ?? LedgerError(error, at: path, while: .reading)
        }
    }
}
