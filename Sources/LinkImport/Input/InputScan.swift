import CSVReading
import Ledger
import PingOneAPI

/// What the first reading of a file tells: whether its structure holds, how many rows there are, who claims what. Of a
/// file that an earlier run has finished, see ``finishedBy``, the ledger tells as much without it.
package struct InputScan: Sendable {
    package var rows = 0
    /// The identity providers that fit rows name, each once; the first hundred.
    package var identityProviders: [String] = []
    /// Attributes in the header whose names PingOne reserves.
    package var reservedAttributes: [String] = []
    /// Rows whose external id looks as if a spreadsheet had rounded it, and the first of their lines.
    package var damagedIDs = (count: 0, firstLine: 0)
    package var sha256: String?
    /// Whether a second reading finds every row as fit as this one, and none that has to do with another.
    private(set) var isClean = true
    var claims = ClaimCheck()
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
        let plan = stream.binder.plan
        reservedAttributes = plan.reservedAttributes
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
            if stream.record.withBytes(of: plan.externalIDColumn, SpreadsheetDamage.shows) {
                if damagedIDs.count == 0 { damagedIDs.firstLine = line }
                damagedIDs.count += 1
            }
            if claim.provider != last, seen.count < 100, seen.insert(claim.provider).inserted {
                identityProviders.append(stream.binder.target(of: stream.record).identityProviderID)
            }
            last = claim.provider
        }
        sha256 = stream.sha256
        claims.finishFirstReading()
        isClean = isClean && claims.findsNothing
    }

    /// What the ledger knows of a file with these bytes, together with the header.
    ///
    /// - Throws: `BrokenInput`, `InputError`, `NoIdentityProvider`.
    init(_ input: InputFile, options: ReadingOptions, finishedBy run: FinishedRun) throws {
        let header = try RowStream(input, options: options, claims: ClaimCheck(), comparison: .withAll)
        reservedAttributes = header.binder.plan.reservedAttributes
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

/// Long numbers that a spreadsheet took for numbers: `1.23457E+15`.
enum SpreadsheetDamage {
    /// Digits, perhaps with a point or comma, then `E+` and digits. `1e5` is a possible id and none of these.
    static func shows(in id: Span<UInt8>) -> Bool {
        let isDigit: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard (4...32).contains(id.count), isDigit(id[0]) else { return false }
        var index = 1
        while index < id.count, isDigit(id[index]) || id[index] == UInt8(ascii: ".") || id[index] == UInt8(ascii: ",") {
            index += 1
        }
        guard index + 2 < id.count, id[index] == UInt8(ascii: "E"), id[index + 1] == UInt8(ascii: "+") else {
            return false
        }
        return (index + 2..<id.count).allSatisfy { isDigit(id[$0]) }
    }
}
