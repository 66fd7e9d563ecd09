package import CSVReading
package import Ledger
import PingOneAPI

/// What the first reading of a file tells: whether its structure holds, how many rows there are, who claims what. Of a
/// file that an earlier run has finished, see ``finishedBy``, the ledger tells as much without it.
package struct InputScan: Sendable {
    package var rows = 0
    /// The identity providers that fit rows name, each once; the first hundred.
    package var identityProviders: [String] = []
    package var sha256: String?
    /// What was read, for the next reading; nil where the rows were not read.
    package private(set) var fingerprint: InputFingerprint?
    /// What is suspicious but no reason to hold a row back.
    package private(set) var warnings: [InputWarning] = []
    /// Whether there are warnings that do not follow from the header.
    package var warnsOfRows: Bool { warnings.contains { $0.kind != .reservedAttributes && $0.kind != .noRows } }
    /// Whether a second reading finds every row as fit as this one, and none that has to do with another.
    private(set) var isClean = true
    package var claims = ClaimCheck()
    /// The run after which every row of these very bytes was done: there is nothing to read and nothing to send. Nil
    /// where the rows were read.
    package private(set) var finishedBy: String?

    /// `progress`: told now and then how far the reading is.
    /// - Throws: `BrokenInput`, `InputError`, `NoIdentityProvider`.
    package init(
        _ input: InputFile,
        options: ReadingOptions,
        progress: (ReadingProgress) -> Void = { _ in }
    ) throws {
        var stream = try RowStream(input, options: options, claims: ClaimCheck(), comparison: .withAll)
        var seen: Set<UUIDText> = []
        var last: UUIDText?
        while try stream.nextRecord() {
            rows += 1
            if ReadingProgress.isDue(afterRow: rows) { progress(ReadingProgress(rows: rows)) }
            let line = stream.record.line
            let (claim, isFit) = stream.binder.check(stream.record)
            if let claim { claims.note(claim, line: line, isFit: isFit) }
            guard let claim, isFit else {
                isClean = false
                continue
            }
            stream.noteWarnings()
            if claim.provider != last, seen.count < 100, seen.insert(claim.provider).inserted {
                identityProviders.append(stream.binder.target(of: stream.record).identityProviderID)
            }
            last = claim.provider
        }
        sha256 = stream.sha256
        fingerprint = stream.fingerprint
        var tally = stream.warnings
        let oddities = try Self.compareAgain(&claims, input, options)
        tally.note(.caseVariants, line: oddities.caseVariants.firstLine, count: oddities.caseVariants.count)
        tally.note(.severalAccounts, line: oddities.severalAccounts.firstLine, count: oddities.severalAccounts.count)
        if rows == 0 { tally.note(.noRows, line: stream.headerLine) }
        warnings = tally.warnings
        isClean = isClean && claims.findsNothing
    }

    /// Looks at the rows once more that seem to have to do with each other: hashes alone do not tell it for certain.
    private static func compareAgain(
        _ claims: inout ClaimCheck,
        _ input: InputFile,
        _ options: ReadingOptions
    ) throws -> ClaimIndex.Oddities {
        var stream = RowRereading(input, options)
        return try claims.finishFirstReading { line, seed in
            try stream.check(line, seed: seed)
        }
    }

    /// What the ledger knows of a file with these bytes, together with the header.
    ///
    /// - Throws: `BrokenInput`, `InputError`, `NoIdentityProvider`.
    package init(_ input: InputFile, options: ReadingOptions, finishedBy run: FinishedRun) throws {
        let header = try RowStream(
            input,
            options: options,
            claims: ClaimCheck(),
            comparison: .withAll,
            hashes: false
        )
        warnings = header.allWarnings(after: nil, of: input, rows: run.rows)
        rows = run.rows
        sha256 = run.sourceSHA256
        finishedBy = run.runID
    }
}

/// How far a reading of the input is that sends nothing.
package struct ReadingProgress: Sendable, Equatable {
    package var rows: Int
    /// All rows of the input, where an earlier reading has counted them.
    package var total: Int?

    package init(rows: Int, total: Int? = nil) {
        self.rows = rows
        self.total = total
    }

    /// A few hundred times a second: often enough to be watched, too seldom to be felt.
    static func isDue(afterRow row: Int) -> Bool { row & 0xFFF == 0 }
}

/// Reads single rows of a file anew.
private struct RowRereading: ~Copyable {
    private let input: InputFile
    private let options: ReadingOptions
    /// Nil until a row is asked for.
    private var stream: RowStream?

    init(_ input: InputFile, _ options: ReadingOptions) {
        self.input = input
        self.options = options
    }

    /// `line`: further down than in the call before.
    mutating func check(_ line: Int, seed: Int) throws -> (claim: RowBinder.Claim, isFit: Bool)? {
        if stream == nil {
            let claims = ClaimCheck(seed: seed)
            stream = try RowStream(input, options: options, claims: claims, comparison: .withAll, hashes: false)
        }
        return try stream?.check(line)
    }
}
