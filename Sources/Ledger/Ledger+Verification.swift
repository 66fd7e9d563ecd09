import DurableSteps
import GRDB

extension Ledger {
    /// Begins to verify the linked rows of an environment, or goes on with a verification that was interrupted, unless
    /// a run has begun since, after which what was seen before may not be true.
    ///
    /// - Parameters:
    ///   - environment: a UUID.
    ///   - isAnew: forget an interrupted verification.
    /// - Returns: how much there is to do.
    /// - Throws: `writeFailed` or `damaged`, or what an earlier call threw.
    /// - Complexity: sorts the rows that are left by user, on disk where they are many.
    package func beginVerification(environment: String, isAnew: Bool) throws(LedgerError) -> Verification {
        try committer.transact(reaching: .verificationBegun) { transaction, _ in
            try VerificationTable(transaction.database).begin(environment: environment, isAnew: isAnew, transaction.now)
        }
    }

    /// The next rows to look at, sorted by user: all rows of a user stand together.
    ///
    /// `place`: zero for the first call, then as many as were handed out.
    /// - Returns: some rows, none at the end; the last user's may go on in the next call.
    package func rowsToVerify(from place: Int, count: Int) throws(LedgerError) -> [ResultRow] {
        try committer.transact { transaction, _ in
            try VerificationTable(transaction.database).rows(from: place, count: count)
        }
    }

    /// Hands in what was found and returns at once; committed and completed as in ``record(_:for:completion:)``.
    package func record(
        _ check: UserCheck,
        completion: @escaping @Sendable (Result<Void, LedgerError>) -> Void
    ) {
        committer.enqueue(.init(change: .note(check), completion: completion))
    }

    /// What all looks of this verification have shown, by result; rows that were not looked at are `unknown`.
    package func verificationCounts() throws(LedgerError) -> [CheckResult: Int] {
        try committer.transact { transaction, _ in try VerificationTable(transaction.database).counts() }
    }

    /// The links that the last verification has found missing and that no run has touched since.
    package func missingLinks() throws(LedgerError) -> Set<Ticket> {
        try committer.transact { transaction, _ in try VerificationTable(transaction.database).missing() }
    }

    /// Notes that every row was looked at: the next verification begins anew.
    package func endVerification() throws(LedgerError) {
        try committer.transact(reaching: .verificationEnded) { transaction, _ in
            try VerificationTable(transaction.database).end(transaction.now)
        }
    }

    /// Hands out the results of this verification in fixed memory, in the order in which the rows were first admitted,
    /// each user's extra links behind one of its rows.
    ///
    /// `body`: what it throws ends the reading and is thrown on. It must not call the ledger.
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
