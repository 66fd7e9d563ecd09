import DurableSteps
package import FoundationEssentials
import GRDB
package import Ledger

/// A ledger in one file. All writes go through one serial queue and one SQLite connection, in WAL mode with `synchronous=FULL`: what a call or
/// a completion has reported as done survives a power failure. All methods may be called from any thread, but not from
/// the completion of ``record(_:for:completion:)``, nor from a `Task`: they block.
///
/// After the first failed write every further call throws that same error.
package final class SQLiteLedger: Ledger {
    /// As given to ``open(at:now:)``.
    package let path: String
    package let contentSalt: UInt64

    let committer: GroupCommitter

    /// Opens a ledger for writing, or creates it with mode 0600, and takes its lock. Never waits for another run.
    ///
    /// - Parameters:
    ///   - path: where the file is or shall be.
    ///   - now: the wall clock, read once for each transaction.
    /// - Returns: the ledger, no run of which goes on yet.
    /// - Throws: `cannotCreate`, `notALedger`, `newerSchema`, `damaged` or `held`; a file that is refused is unchanged.
    package static func open(at path: String, now: @escaping @Sendable () -> Date) throws(LedgerError) -> SQLiteLedger {
        try open(at: path, now: now, salt: .random(in: 1 ... .max), hash: LinkKey.storedHash)
    }

    /// As ``open(at:now:)``, with a `salt` for a ledger that is new, and with the `hash` under which a key is found, which
    /// must be the same each time one file is opened.
    static func open(
        at path: String,
        now: @escaping @Sendable () -> Date,
        salt: UInt64,
        hash: @escaping @Sendable (LinkKey) -> Int64
    ) throws(LedgerError) -> SQLiteLedger {
        let lock: LedgerLock
        do {
            lock = try LedgerLock(path: path)
        } catch {
            switch error {
            case .held:
                let holder = SQLiteLedgerReader.holder(of: path)
                throw LedgerError.held(path: path, processID: holder?.processID, since: holder?.since)
            case .notAFile(let reason):
                throw LedgerError.notALedger(path: path, reason: reason)
            case .system(let reason):
                throw LedgerError.cannotCreate(path: path, reason: reason)
            }
        }
        DurableStep.reached(.lockTaken)
        do {
            let connection = try LedgerConnection.openForWriting(path, salt: salt, holderSince: now())
            let salt = try connection.read(LedgerConnection.contentSalt)
            let committer = GroupCommitter(path: path, connection: connection, lock: lock, now: now, hash: hash)
            return SQLiteLedger(path: path, contentSalt: salt, committer: committer)
        } catch {
            throw LedgerError(error, at: path, while: .opening)
        }
    }

    private init(path: String, contentSalt: UInt64, committer: GroupCommitter) {
        self.path = path
        self.contentSalt = contentSalt
        self.committer = committer
    }

    package func admit(
        _ candidates: [Candidate],
        deciding: (Candidate, Standing) -> Bool
    ) throws(LedgerError) -> [Admission] {
        try committer.transact(reaching: .intentsCommitted) { transaction, session in
            let run = try session.readingRun(in: transaction.database)
            let links = transaction.links(of: run)
            return try candidates.map { candidate in
                let numbers = try session.identifiers.numbersAdding(candidate.key, in: transaction.database)
                let finding = try links.find(candidate.key, numbers)
                if let known = finding.known, known.isOnItsWay {
                    try links.keepAlias(of: candidate, known)
                    return Admission(known: known, ticket: nil)
                }
                let rival = try links.rival(of: candidate, numbers, finding)
                var admission = Admission(known: finding.known, ticket: nil, rival: rival)
                if deciding(candidate, Standing(known: finding.known, rival: rival)) {
                    admission.ticket =
                        switch finding {
                        case .unknown(let hash, _): try links.insertIntent(candidate, numbers, hash: hash)
                        case .known(let known): try links.renewIntent(candidate, known)
                        }
                } else {
                    admission.isDeclined = true
                    if let known = finding.known { try links.keepAlias(of: candidate, known) }
                }
                return admission
            }
        }
    }

    package func noteSeen(_ known: KnownLink) {
        guard known.state != .linked, known.state != .alreadyLinked else { return }
        committer.enqueue(.init(change: .noteSeen(known), completion: nil))
    }

    package func rivals(of candidates: [Candidate]) throws(LedgerError) -> [RivalClaim?] {
        try committer.transact { transaction, session in
            try transaction.links(of: session.run).rivals(of: candidates, &session.identifiers)
        }
    }

    package func lookUp(_ candidates: [Candidate]) throws(LedgerError) -> [KnownLink?] {
        try committer.transact { transaction, session in
            try transaction.links(of: session.run).lookUp(candidates, &session.identifiers)
        }
    }

    package func lookUp(_ aliases: [LinkAlias]) throws(LedgerError) -> [KnownLink?] {
        try committer.transact { transaction, session in
            try transaction.links(of: session.run).lookUp(aliases, &session.identifiers)
        }
    }

    package func record(_ settlement: Settlement, for ticket: Ticket, completion: RecordCompletion?) {
        committer.enqueue(.init(change: .settle(ticket, settlement), completion: completion))
    }

    package func withdraw(_ ticket: Ticket, restoring known: KnownLink?, completion: RecordCompletion?) {
        committer.enqueue(.init(change: .withdraw(ticket, restoring: known), completion: completion))
    }

    package func recordInvalid(_ rows: [InvalidRow]) throws(LedgerError) {
        try committer.transact(reaching: .invalidRowsCommitted) { transaction, session in
            let run = try session.readingRun(in: transaction.database)
            let forget = try transaction.database.cachedStatement(
                sql: "DELETE FROM invalid_rows WHERE content = ? AND input <> ?"
            )
            let insert = try transaction.database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO invalid_rows (input, line, run, content, environment, user_id, provider,
                        external_id, error_code, error_detail, error_fact, error_column, updated_ms)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            )
            for row in rows {
                let content = Int64(bitPattern: row.content)
                try forget.execute(arguments: [content, run.input])
                if let known = row.replacing, [.failed, .rejected].contains(known.state), known.doubt == nil {
                    try transaction.database.execute(sql: "DELETE FROM links WHERE id = ?", arguments: [known.row])
                }
                try insert.execute(arguments: [
                    run.input, row.line, run.number, content, row.environment, row.userID, row.identityProviderID,
                    row.externalID, row.errorCode, row.errorDetail, row.errorFact?.code, row.errorColumn,
                    transaction.now,
                ])
            }
        }
    }

    package func flush() throws(LedgerError) {
        try committer.transact { _, _ in }
    }

    package func close() throws(LedgerError) {
        do {
            try committer.transact(reaching: .holderRemoved) { transaction, _ in
                try LedgerConnection.removeHolder(transaction.database)
            }
        } catch {
            // The first error tells more than one that closing may have after it.
            try? committer.close()
            throw error
        }
        try committer.close()
    }

    package func heldRates(inEnvironment environment: String, since: Date) throws(LedgerError) -> HeldRates? {
        try committer.transact { transaction, _ in
            try PaceTable(transaction.database).held(inEnvironment: environment, since: since)
        }
    }

    package func note(_ sample: PaceSample) {
        committer.enqueue(.init(change: .notePace(sample), completion: nil))
    }
}
