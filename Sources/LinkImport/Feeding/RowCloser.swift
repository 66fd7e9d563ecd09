import CSVReading
import Ledger
import LinkRows
import PingOneClient

/// Gives rows their ends that are not sent: in the run's book and, where that is new, in the ledger.
struct RowCloser: ~Copyable {
    private let keys: LedgerKeys
    private let store: ImportStore
    private let book: RunBook
    /// Whose account a record is about that is not fit, as far as that can be read.
    private let readableIDs: (CSVRecord) -> (userID: String?, identityProviderID: String?, externalID: String?)
    /// What the ledger is to be told.
    private var invalid: [InvalidRow] = []

    init(
        keys: LedgerKeys,
        store: ImportStore,
        book: RunBook,
        readableIDs:
            @escaping (CSVRecord) -> (userID: String?, identityProviderID: String?, externalID: String?)
    ) {
        self.keys = keys
        self.store = store
        self.book = book
        self.readableIDs = readableIDs
    }

    /// A row that stays as an earlier run, or this one, has left it; nil for one that nobody has tried yet.
    func close(_ row: LinkRow, _ known: KnownLink?) {
        if let known, known.isOfThisRun, known.state == .intended { return close(repetition: row) }
        if let known { store.noteSeen(known) }
        book.close(row.record, as: RowEnding(known))
    }

    func close(repetition row: LinkRow) {
        book.close(row.record, as: .repeated)
    }

    /// A row that may not be sent now. What an earlier run did to it stays true all the same.
    mutating func hold(back record: CSVRecord, _ issue: RowIssue, _ known: KnownLink?) {
        switch known?.state {
        case .linked, .alreadyLinked: book.close(record, as: .finished)
        case _ where known?.doubt != nil:
            // It may be linked, whatever is wrong with it now.
            if let known { store.noteSeen(known) }
            book.close(record, as: .unsettled(RowProblem(issue)))
        default: refuse(record, issue, known: known)
        }
    }

    /// A row that is not fit to be sent. The ledger is told with ``flush(atLeast:)``.
    mutating func refuse(_ record: CSVRecord, _ issue: RowIssue, known: KnownLink?) {
        var content = StableHash(salt: keys.salt)
        for field in 0..<record.fieldCount { content.combine(record.text(field)) }
        let ids = readableIDs(record)
        invalid.append(
            InvalidRow(
                line: record.line,
                content: content.finalize(),
                errorCode: issue.code,
                errorDetail: issue.problem,
                errorFact: issue.fact,
                errorColumn: issue.column,
                environment: keys.environment,
                userID: ids.userID,
                identityProviderID: ids.identityProviderID,
                externalID: ids.externalID,
                replacing: known
            )
        )
        book.close(record, as: .invalid(RowProblem(issue)))
    }

    /// Tells the ledger of the rows that are not fit, where there are so many.
    mutating func flush(atLeast count: Int = 1) throws(LedgerError) {
        guard invalid.count >= count else { return }
        try store.recordInvalid(invalid)
        invalid.removeAll(keepingCapacity: true)
    }
}
