package import CSVReading
package import Pacing
import PingOneAPI

/// The rows of one reading of the input, each compared with the others.
package struct RowStream: ~Copyable {
    package enum Reading {
        case fit(LinkRow)
        /// The target is there when one account is claimed for two users: such a row may have been sent by an earlier
        /// run.
        case unfit(RowIssue, CSVRecord, rival: RowBinder.Target?)
        /// Says the same as an earlier row.
        case repetition(LinkRow, firstLine: Int)
    }

    /// What the other rows are known from.
    package enum Comparison {
        /// All rows of the file have been noted before.
        case withAll
        /// Rows are noted as they come.
        case withEarlier
    }

    package private(set) var binder: RowBinder
    /// The line of the header.
    package let headerLine: Int
    /// What is suspicious in what was read so far; of single rows, as far as ``noteWarnings()`` was called.
    private var tally = WarningTally()
    private var claims: ClaimCheck
    private let inputName: String
    private var reader: CSVReader
    /// What ``nextRecord()`` has read last.
    private(set) var record = CSVRecord()
    private let comparison: Comparison
    /// Whether the file's lines end with a carriage return alone, as those of very old programs do.
    private let headerEndsWithBareCR: Bool

    /// Reads the header.
    ///
    /// `expected`: what an earlier reading has seen: rows of a part that is not the same are not handed out. `hashes`:
    /// whether anybody asks what this reading has seen.
    /// - Throws: `BrokenInput`, `ForeignInput`, `InputError`.
    package init(
        _ input: InputFile,
        options: ReadingOptions,
        claims: ClaimCheck,
        comparison: Comparison,
        unless stop: StopSignal? = nil,
        expecting expected: InputFingerprint? = nil,
        hashes: Bool = true
    ) throws {
        reader = CSVReader(
            input.source(unless: stop, expecting: expected, hashes: hashes),
            encoding: options.encoding
        )
        do {
            try reader.findDelimiter(options.delimiter, columns: options.columns, in: input.name)
            repeat {
                guard try reader.next(into: &record) else { throw HeaderError(line: 1, problems: [.empty]) }
            } while record.isBlank
            let plan = try ColumnPlan(header: record, options: options.columns)
            if plan.identityProviderColumn == nil, options.identityProvider == nil { throw NoIdentityProvider() }
            headerEndsWithBareCR = reader.lineEndsWithBareCR
            headerLine = record.line
            binder = RowBinder(
                plan: plan,
                identityProvider: options.identityProvider,
                defaultUpdate: options.columns.update,
                mappings: options.mappings,
                userKey: options.userKey,
                acceptsDamagedIDs: options.acceptsDamagedIDs
            )
        } catch let error as HeaderError {
            throw reader.foreignInput(input) ?? BrokenInput(description: error.lines(in: input.name))
        } catch let error as CSVError {
            throw reader.foreignInput(input) ?? BrokenInput(description: error.description)
        }
        binder.claimSeed = claims.seed
        inputName = input.name
        self.claims = claims
        self.comparison = comparison
        tally.note(reservedAttributes: binder.plan.reservedAttributes, line: headerLine)
    }

    /// The digest of the input, once `next` has returned nil.
    package var sha256: String? { reader.sha256 }

    /// What was read, once `next` has returned nil.
    package var fingerprint: InputFingerprint? { reader.fingerprint }

    /// What separates the fields.
    package var delimiter: CSVDelimiter { reader.delimiter }

    /// Complete once `next` has returned nil.
    var warnings: WarningTally {
        var warnings = tally
        if reader.endsWithinLine, record.line > headerLine {
            warnings.note(.missingLineBreak, line: record.line)
        }
        return warnings
    }

    /// What is to be told in the end: of single rows, what the first reading has found.
    ///
    /// `rows`: how many there are; nil where the input was not read to its end.
    package func allWarnings(after scan: InputScan?, of input: InputFile, rows: Int?) -> [InputWarning] {
        if let scan {
            let hasGrown = scan.fingerprint.map { input.hasGrown(beyond: $0.byteCount) } == true
            return scan.warnings + (hasGrown ? [InputWarning(.grownInput, count: 1, firstLine: nil)] : [])
        }
        var warnings = warnings
        if rows == 0 { warnings.note(.noRows, line: headerLine) }
        return warnings.warnings
    }

    /// Whether the next call may have to wait for the other end of a pipe.
    package var mayBlock: Bool { reader.mayBlock }

    /// Reads a record without judging it: either this or ``next()`` is used for all of the input.
    ///
    /// - Returns: false at the end of the input.
    /// - Throws: `BrokenInput`, `InputError`.
    mutating func nextRecord() throws -> Bool {
        repeat {
            do {
                guard try reader.next(into: &record) else { return false }
            } catch let error as CSVError {
                throw BrokenInput(description: error.description)
            }
            if reader.lineEndsWithBareCR, !headerEndsWithBareCR {
                throw BrokenInput(
                    description: "\(inputName): line \(record.line): a carriage return without a line feed cuts this "
                        + "line. Put the field that holds it in quotes, or remove it."
                )
            }
            if !record.isBlank { break }
            tally.note(.emptyRows, line: record.line)
        } while true
        if !binder.plan.namelessColumns.isEmpty { try checkNamelessColumns() }
        return true
    }

    private func checkNamelessColumns() throws {
        let plan = binder.plan
        guard plan.fieldCounts.contains(record.fieldCount), !plan.isShifted(record),
            let column = plan.namelessColumns.first(where: { $0 < record.fieldCount && !record.isBlank($0) })
        else { return }
        throw BrokenInput(
            description: "\(inputName): line \(record.line): column #\(column + 1) has text here but no name in the "
                + "header. Name it there, say what it is with --map '#\(column + 1)=attributes.NAME', or leave it out "
                + "with --ignore '#\(column + 1)'."
        )
    }

    /// Goes to the record on a line and judges it for itself.
    ///
    /// - Returns: nil where no record with a claim begins there.
    mutating func check(_ line: Int) throws -> (claim: RowBinder.Claim, isFit: Bool)? {
        reader.skip(toLine: line)
        guard try nextRecord(), record.line == line else { return nil }
        let (claim, isFit) = binder.check(record)
        return claim.map { ($0, isFit) }
    }

    /// Takes note of what is suspicious about the last record, which is fit.
    mutating func noteWarnings() {
        let plan = binder.plan
        var ids = record.withBytes(of: plan.externalIDColumn) { IDText(ofCell: $0) }
        let user = record.withBytes(of: plan.userIDColumn) { IDText(ofCell: $0) }
        ids.formUnion(binder.namesUsersByKey ? user : user.intersection(.isWrapped))
        if let column = plan.identityProviderColumn, column < record.fieldCount,
            record.withBytes(of: column, { OuterBlanks.trimmed($0).count < $0.count })
        {
            ids.insert(.isWrapped)
        }
        if !ids.isEmpty { tally.note(ids: ids, line: record.line) }
        if hasReplacingWordForNothing { tally.note(.attributesForNothing, line: record.line) }
    }

    private var hasReplacingWordForNothing: Bool {
        let isInColumn = binder.plan.alwaysColumns.contains { column in
            record.withBytes(of: column) { IDText.isWordForNothing($0.extracting(OuterBlanks.trimmed($0))) }
        }
        guard !isInColumn, binder.plan.hasAttributeObject else { return isInColumn }
        return binder.replacingAttributes(of: record).contains {
            IDText.isWordForNothing(Array(OuterBlanks.trimmed($0.value).utf8).span)
        }
    }

    /// - Returns: nil at the end of the input.
    /// - Throws: `BrokenInput`, `InputError`; all rows before the broken place have been handed out.
    package mutating func next() throws -> Reading? {
        guard try nextRecord() else { return nil }
        switch binder.read(record) {
        case .fit(let row, let claim):
            switch judge(claim, line: row.line, content: row.content(salt: 0)) {
            case .alone:
                if comparison == .withEarlier { noteWarnings() }
                return .fit(row)
            case .repetition(let line): return .repetition(row, firstLine: line)
            case .repetitionWithOtherAttributes(let line):
                let issue = RowIssue(line: row.line, column: nil, rule: .repeatedWithOtherAttributes(firstLine: line))
                return .unfit(issue, record, rival: nil)
            case .claimedForTwoUsers(let line): return rival(of: line)
            }
        case .unfit(let issue, let claim):
            if let claim, case .claimedForTwoUsers(let line) = judge(claim, line: record.line, content: nil) {
                return rival(of: line)
            }
            return .unfit(issue, record, rival: nil)
        }
    }

    private func rival(of line: Int) -> Reading {
        let column = binder.plan.shownNames[binder.plan.externalIDColumn]
        let issue = RowIssue(line: record.line, column: column, rule: .claimedForTwoUsers(otherLine: line))
        return .unfit(issue, record, rival: binder.target(of: record))
    }

    private mutating func judge(
        _ claim: RowBinder.Claim,
        line: Int,
        content: @autoclosure () -> UInt64?
    ) -> ClaimCheck.Verdict {
        switch comparison {
        case .withAll: claims.judge(claim, line: line, content: content())
        case .withEarlier: claims.judgeAndNote(claim, line: line, content: content())
        }
    }
}

/// No row could know its identity provider: neither a column nor a flag names one.
package struct NoIdentityProvider: Error, Sendable {}
