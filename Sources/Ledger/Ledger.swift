package import FoundationEssentials

/// What happened to each row of an import, on disk: a run that is stopped, killed or repeated goes on from here.
///
/// What a call or a completion has reported as done survives a power failure. All methods may be called from any thread,
/// but not from the completion of ``record(_:for:completion:)``, nor from a `Task`: they block. Whoever has opened it
/// closes it.
///
/// After the first failed write every further call throws that same error.
package protocol Ledger: LedgerLookUp {
    var contentSalt: UInt64 { get }

    /// Whether other processes may write it at the same time: rows may be elsewhere, and get lost to them.
    var isShared: Bool { get }

    /// Notes that a run begins. Everything that is admitted, recorded or settled from now on belongs to it.
    ///
    /// - Throws: `writeFailed`, or what an earlier call threw.
    func beginRun(_ start: RunStart) throws(LedgerError)

    /// Forgets the invalid rows that earlier runs found in this run's input, because it is now read anew.
    ///
    /// ``admit(_:deciding:)`` and ``recordInvalid(_:)`` do so by themselves in the transaction of their first call; only
    /// an input without any row needs this.
    func beginReading() throws(LedgerError)

    /// Notes how the run ended, after everything that was recorded before. Another one may begin.
    ///
    /// - Throws: `writeFailed`, or what an earlier call threw.
    func endRun(_ end: RunEnd) throws(LedgerError)

    /// Rows that this run has linked for users who had another account at the same provider in this ledger before: that
    /// link stays.
    ///
    /// - Returns: how many there are and the first of their lines.
    /// - Throws: `writeFailed`, or what an earlier call threw.
    func otherAccounts() throws(LedgerError) -> (count: Int, firstLine: Int)

    /// Looks whether the last run has left nothing to do. Any later one, of this input, of another or an `undo`, may have
    /// changed that.
    ///
    /// - Parameter fingerprint: of how the input is read now; what ``endRun(_:)``
    ///   was given.
    /// - Returns: the last run of this ledger, if every row of its input was done after it and no row of this ledger is
    ///   anything else than linked.
    /// - Throws: `damaged`, or what an earlier call threw.
    func finishedRun(fingerprint: UInt64) throws(LedgerError) -> FinishedRun?

    /// Reads what is known of each candidate, asks whether to send it, and writes the intents, all in one transaction.
    /// When it returns, the intents are durable: the POSTs may leave.
    ///
    /// A link that is on its way in this run already gets no ticket, whatever is decided: a key that occurs twice is
    /// never posted twice at a time. `deciding` is not asked then, nor for one that another process has in hand.
    ///
    /// - Parameters:
    ///   - candidates: some hundreds, which then share one write to the disk.
    ///   - deciding: whether to send a candidate, from what is known of it and of its account. Called in order, one call at
    ///     a time; where a transaction has to be done anew, from the first candidate on again. What came of it is in the
    ///     admissions. Of the ledger it may call ``record(_:for:completion:)`` only.
    /// - Returns: one admission for each candidate, in the same order.
    /// - Throws: `writeFailed` or `damaged`, or what an earlier call threw; then nothing may be sent.
    func admit(
        _ candidates: [Candidate],
        deciding: (Candidate, Standing) -> Bool
    ) throws(LedgerError) -> [Admission]

    /// Whether a request about a row may leave now: whether it is certain that nobody else takes the row in hand before the
    /// request is over. To be asked right before it leaves; it waits for nothing.
    func permission(for ticket: Ticket) -> Permission

    /// Hands in that a row that stays as it is stands in the input of this run; that a linked one does needs no note, its
    /// input's counts tell it. Committed as a settlement is.
    func noteSeen(_ known: KnownLink)

    /// Hands in what became of a row, and returns at once. Its commit, together with others, begins at
    /// the latest 25 ms later, or as soon as the ledger's queue is free, or with the next ``admit(_:deciding:)``.
    ///
    /// - Parameters:
    ///   - settlement: what became of it.
    ///   - ticket: the row's, from this run's admission, or from a ``ResultRow``.
    ///   - completion: called once, when the settlement is durable or can no longer be, on the thread that commits. It
    ///     must be quick and may call ``record(_:for:completion:)`` and ``withdraw(_:restoring:completion:)``, nothing else here.
    func record(_ settlement: Settlement, for ticket: Ticket, completion: RecordCompletion?)

    /// Takes an intent back, for a row that certainly was not sent: a new link disappears, a known one is what it was
    /// before. Committed as a settlement is; a process that dies before leaves the row `intended`.
    ///
    /// - Parameters:
    ///   - ticket: what the admission gave.
    ///   - known: what the admission said.
    ///   - completion: as for ``record(_:for:completion:)``.
    func withdraw(_ ticket: Ticket, restoring known: KnownLink?, completion: RecordCompletion?)

    /// Records rows that are not fit to send, durable on return. They replace what earlier runs recorded for this input,
    /// and what they recorded for rows with the same content in other inputs, such as this one before it was renamed.
    func recordInvalid(_ rows: [InvalidRow]) throws(LedgerError)

    /// What runs in an environment have held since a day; nil if they were too short for that, or there were none.
    ///
    /// - Throws: `damaged`, or what an earlier call threw.
    func heldRates(inEnvironment environment: String, since: Date) throws(LedgerError) -> HeldRates?

    /// Hands in the rate that is in force, and returns at once; committed with what else waits, as for
    /// ``record(_:for:completion:)``. Nobody is told when that fails, but every later call throws the error.
    func note(_ sample: PaceSample)

    /// Calls this, on any thread, when nothing can be written any more although nobody has tried: a ledger that is elsewhere
    /// may go away while every caller waits for something else.
    func whenAway(_ tell: @escaping @Sendable (LedgerError) -> Void)

    /// Returns when everything that was handed in before is durable and its completions have run.
    func flush() throws(LedgerError)

    /// Makes everything durable, closes the store and lets the next run in, which it does even when it throws. Every
    /// later call throws.
    func close() throws(LedgerError)

    // MARK: Undo

    /// Whether the ledger has a run with this id, to the letter.
    func hasRun(_ id: String) throws(LedgerError) -> Bool

    /// How many links are to be removed, for people to agree to.
    func undoExtent(_ choice: UndoChoice) throws(LedgerError) -> UndoExtent

    /// The next links to remove, in the order in which they were first admitted, and marks them: from now on their
    /// removal may have happened, which the ledger shows as `unsettled`, with what it knew of them besides. Durable when
    /// it returns.
    ///
    /// - Parameters:
    ///   - choice: which ones; among them are those that an earlier call has marked and that nobody has ended.
    ///   - last: the ticket of the last link of the previous call; nil for the first call.
    ///   - count: how many at most.
    /// - Returns: none at the end. Each is to be ended with ``endUndoing(_:as:completion:)`` as soon as it is known.
    /// - Throws: `writeFailed` or `damaged`, or what an earlier call threw; then nothing may be removed.
    func beginUndoing(_ choice: UndoChoice, after last: Ticket?, count: Int) throws(LedgerError) -> [ResultRow]

    /// Hands in what became of a link that was to be removed, and returns at once; committed and completed as in
    /// ``record(_:for:completion:)``. A link of which that is not known stays as it was marked.
    func endUndoing(_ ticket: Ticket, as outcome: UndoOutcome, completion: @escaping RecordCompletion)

    /// Notes that a link whose removal was in doubt is gone and about to be made again. Durable when it returns: the POST
    /// may leave.
    ///
    /// - Parameter ticket: what this run's admission gave.
    /// - Throws: `writeFailed`, or what an earlier call threw; then nothing may be sent.
    func forgetUndoing(_ ticket: Ticket) throws(LedgerError)

    // MARK: Verify

    /// Begins to verify the linked rows of an environment, or goes on with a verification that was interrupted, unless
    /// a run has begun since, after which what was seen before may not be true.
    ///
    /// - Parameters:
    ///   - environment: a UUID.
    ///   - isAnew: forget an interrupted verification.
    /// - Returns: how much there is to do.
    /// - Throws: `writeFailed` or `damaged`, or what an earlier call threw.
    /// - Complexity: sorts the rows that are left by user, on disk where they are many.
    func beginVerification(environment: String, isAnew: Bool) throws(LedgerError) -> Verification

    /// The next rows to look at, sorted by user: all rows of a user stand together.
    ///
    /// `place`: zero for the first call, then as many as were handed out.
    /// - Returns: some rows, none at the end; the last user's may go on in the next call.
    func rowsToVerify(from place: Int, count: Int) throws(LedgerError) -> [ResultRow]

    /// Hands in what was found and returns at once; committed and completed as in ``record(_:for:completion:)``.
    func record(_ check: UserCheck, completion: @escaping RecordCompletion)

    /// What all looks of this verification have shown, by result; rows that were not looked at are `unknown`.
    func verificationCounts() throws(LedgerError) -> [CheckResult: Int]

    /// Notes that every row was looked at: the next verification begins anew.
    func endVerification() throws(LedgerError)

    /// Hands out the results of this verification in fixed memory, in the order in which the rows were first admitted,
    /// each user's extra links behind one of its rows.
    ///
    /// `body`: what it throws ends the reading and is thrown on. It must not call the ledger.
    func forEachVerifiedRow(_ body: (VerifiedRow) throws -> Void) throws
}

/// What learns, once, what became of something that was handed in.
package typealias RecordCompletion = @Sendable (Result<Recorded, LedgerError>) -> Void

/// Whether what was handed in is in the ledger.
package enum Recorded: Sendable, Equatable {
    case kept
    /// It is not: another process has the row in hand by now, after this one seemed to be gone. What became of the row is
    /// to be asked with its next admission.
    case lost
}

/// Whether a request may leave.
package enum Permission: Sendable, Equatable {
    case granted
    /// Not now; ask again in a moment.
    case wait
    /// The row is no longer this process's, or nothing can be written any more.
    case refused
}

extension Ledger {
    /// As ``record(_:for:completion:)``, for whoever does not wait for it.
    package func record(_ settlement: Settlement, for ticket: Ticket) {
        record(settlement, for: ticket, completion: nil)
    }

    /// As ``withdraw(_:restoring:completion:)``, for whoever does not wait for it.
    package func withdraw(_ ticket: Ticket, restoring known: KnownLink?) {
        withdraw(ticket, restoring: known, completion: nil)
    }

    package var isShared: Bool { false }

    package func permission(for ticket: Ticket) -> Permission { .granted }
}

extension Ledger {
    /// A store on this machine fails only when it is used, which tells.
    package func whenAway(_ tell: @escaping @Sendable (LedgerError) -> Void) {}
}
