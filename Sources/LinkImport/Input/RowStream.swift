package import CSVReading
import Pacing
package import PingOneAPI

/// How the input is to be read.
package struct ReadingOptions: Sendable {
    package var delimiter: CSVDelimiter
    package var columns: ColumnPlan.Options
    /// For rows that name none; a UUID.
    package var identityProvider: String?
    /// Turn the columns with the provider's attributes into user attributes. A first reading does without them: they
    /// make no row unfit.
    package var mappings: MappingBook?
    /// What the column `userID` holds instead of the id; nil for the id.
    package var userKey: UserKey?

    package init(
        delimiter: CSVDelimiter,
        columns: ColumnPlan.Options,
        identityProvider: String?,
        mappings: MappingBook? = nil,
        userKey: UserKey? = nil
    ) {
        self.delimiter = delimiter
        self.columns = columns
        self.identityProvider = identityProvider
        self.mappings = mappings
        self.userKey = userKey
    }
}

/// The structure of the input is broken: nothing, or nothing more, can be read. Says where and what to do.
package struct BrokenInput: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String
}

extension InputFile {
    /// The better message for an input that is something else, where that shows.
    fileprivate var isNoCSV: BrokenInput? {
        foreignFormat.map { BrokenInput(description: "\(name): \($0.description)") }
    }
}

/// The rows of one reading of the input, each compared with the others.
struct RowStream: ~Copyable {
    enum Reading {
        case fit(LinkRow)
        /// The target is there when one account is claimed for two users: such a row may have been sent by an earlier
        /// run.
        case unfit(RowIssue, CSVRecord, rival: RowBinder.Target?)
        /// Says the same as an earlier row.
        case repetition(LinkRow, firstLine: Int)
    }

    /// What the other rows are known from.
    enum Comparison {
        /// All rows of the file have been noted before.
        case withAll
        /// Rows are noted as they come.
        case withEarlier
    }

    let binder: RowBinder
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
    /// - Throws: `BrokenInput`, `InputError`.
    init(
        _ input: InputFile,
        options: ReadingOptions,
        claims: ClaimCheck,
        comparison: Comparison,
        unless stop: StopSignal? = nil
    ) throws {
        reader = CSVReader(input.source(unless: stop), delimiter: options.delimiter)
        do {
            guard try reader.next(into: &record) else { throw HeaderError(line: 1, problems: [.empty]) }
            let plan = try ColumnPlan(header: record, options: options.columns)
            if plan.identityProviderColumn == nil, options.identityProvider == nil { throw NoIdentityProvider() }
            headerEndsWithBareCR = reader.lineEndsWithBareCR
            binder = RowBinder(
                plan: plan,
                identityProvider: options.identityProvider,
                defaultUpdate: options.columns.update,
                mappings: options.mappings,
                userKey: options.userKey
            )
        } catch let error as HeaderError {
            throw input.isNoCSV ?? BrokenInput(description: error.lines(in: input.name))
        } catch let error as CSVError {
            throw input.isNoCSV ?? BrokenInput(description: error.description)
        }
        inputName = input.name
        self.claims = claims
        self.comparison = comparison
    }

    /// The digest of the input, once `next` has returned nil.
    var sha256: String? { reader.sha256 }

    /// Whether the next call may have to wait for the other end of a pipe.
    var mayBlock: Bool { reader.mayBlock }

    /// Reads a record without judging it: either this or ``next()`` is used for all of the input.
    ///
    /// - Returns: false at the end of the input.
    /// - Throws: `BrokenInput`, `InputError`.
    mutating func nextRecord() throws -> Bool {
        do {
            guard try reader.next(into: &record) else { return false }
        } catch let error as CSVError {
            throw BrokenInput(description: error.description)
        }
        if reader.lineEndsWithBareCR, !headerEndsWithBareCR {
            throw BrokenInput(
                description: "\(inputName): line \(record.line): a carriage return without a line feed cuts this line. "
                    + "Put the field that holds it in quotes, or remove it."
            )
        }
        return true
    }

    /// - Returns: nil at the end of the input.
    /// - Throws: `BrokenInput`, `InputError`; all rows before the broken place have been handed out.
    mutating func next() throws -> Reading? {
        guard try nextRecord() else { return nil }
        switch binder.read(record) {
        case .fit(let row, let claim):
            switch judge(claim, line: row.line, content: row.content(salt: 0)) {
            case .alone: return .fit(row)
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
        let column = binder.plan.names[binder.plan.externalIDColumn]
        let issue = RowIssue(line: record.line, column: column, rule: .claimedForTwoUsers(otherLine: line))
        return .unfit(issue, record, rival: binder.target(of: record))
    }

    private mutating func judge(
        _ claim: RowBinder.Claim,
        line: Int,
        content: @autoclosure () -> UInt64?
    ) -> ClaimCheck.Finding {
        switch comparison {
        case .withAll: claims.judge(claim, line: line, content: content())
        case .withEarlier: claims.judgeAndNote(claim, line: line, content: content())
        }
    }
}

/// No row could know its identity provider: neither a column nor a flag names one.
package struct NoIdentityProvider: Error, Sendable {}
