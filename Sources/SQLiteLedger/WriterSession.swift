import GRDB

/// What the writer keeps in mind from one transaction to the next: the run that goes on, and the numbers of UUIDs.
///
/// It may run ahead of the file when a transaction fails, and that does no harm: nothing is written after a failure.
struct WriterSession: Sendable {
    struct Run: Sendable {
        var number: Int64
        var input: Int64
        /// The last link that was there before it.
        var lastLink: Int64 = 0
        /// Whether the invalid rows that earlier runs found in this input are gone.
        var hasBegunReading = false
    }

    var identifiers = IdentifierTables()
    var run: Run?

    /// The run to which whatever is written belongs.
    func openRun() -> Run {
        guard let run else { preconditionFailure("the ledger is written to outside of a run") }
        return run
    }

    /// The run, whose input is read anew: what earlier runs found wrong in it is no longer true.
    mutating func readingRun(in database: Database) throws -> Run {
        var run = openRun()
        guard !run.hasBegunReading else { return run }
        try database.execute(
            sql: "DELETE FROM invalid_rows WHERE input = ? AND run <> ?",
            arguments: [run.input, run.number]
        )
        run.hasBegunReading = true
        self.run = run
        return run
    }
}
