package import Ledger
package import LinkRows
package import Pacing

extension ImportRun {
    /// What one run is to do.
    package struct Options: Sendable {
        /// In the ledger and in the transaction ids: letters, digits and hyphens, 80 at most.
        package var runID: String
        /// ``RunKind/linking`` or ``RunKind/unlinking``.
        package var kind: RunKind
        /// Of the program: another one may read the same bytes in another way.
        package var version: String
        /// The input's name in a form that is the same in each run over it, whatever it is called from.
        package var inputName: String
        /// Which rows of that input this is.
        package var part: InputPart
        package var reading: ReadingOptions
        package var userIndex: UserIndexChoice
        /// Requests in flight, 1 to 250.
        package var concurrency: Int
        package var limit: Int?
        package var isDryRun: Bool
        /// Whether a run with invalid rows does not even begin.
        package var isStrict: Bool
        package var resume: ResumePolicy
        package var breaker: Breaker
        package var rejectsPath: String
        package var retryPath: String

        package init(
            runID: String,
            kind: RunKind = .linking,
            version: String,
            inputName: String,
            part: InputPart = .whole,
            reading: ReadingOptions,
            userIndex: UserIndexChoice = .auto,
            concurrency: Int = 32,
            limit: Int? = nil,
            isDryRun: Bool = false,
            isStrict: Bool = false,
            resume: ResumePolicy = ResumePolicy(),
            breaker: Breaker = Breaker(.percent(50)),
            rejectsPath: String,
            retryPath: String
        ) {
            self.runID = runID
            self.kind = kind
            self.version = version
            self.inputName = inputName
            self.part = part
            self.reading = reading
            self.userIndex = userIndex
            self.concurrency = concurrency
            self.limit = limit
            self.isDryRun = isDryRun
            self.isStrict = isStrict
            self.resume = resume
            self.breaker = breaker
            self.rejectsPath = rejectsPath
            self.retryPath = retryPath
        }
    }
}
