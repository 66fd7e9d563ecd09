import PingOneAPI

/// Compares rows with each other: one account for two users, one link twice.
package struct ClaimCheck: Sendable {
    enum Verdict: Equatable {
        /// Nobody else claims this account, or an unfit row of the same user does.
        case alone
        /// The same link with the same attributes stands on an earlier line.
        case repetition(firstLine: Int)
        case repetitionWithOtherAttributes(firstLine: Int)
        case claimedForTwoUsers(otherLine: Int)
    }

    private var index = ClaimIndex()
    /// With which the claims are made that are judged: another one than in the first reading, once it was needed.
    private(set) var seed: Int
    /// What the first of several equal rows would send; as many as there are links that stand more than once.
    private var firstContents: [Int: UInt64] = [:]

    package init(seed: Int = 0) {
        self.seed = seed
    }

    /// Between the two readings: whether any two rows of the file have anything to do with each other.
    var findsNothing: Bool { index.isEmpty }

    /// The first reading of a file: takes note of a row. A row that is unfit counts for conflicts only.
    mutating func note(_ claim: RowBinder.Claim, line: Int, isFit: Bool) {
        index.append(Self.entry(claim, line: line, isFit: isFit))
    }

    /// Between the two readings.
    ///
    /// `read`: reads the row on a line anew, its claim with this seed; asked for the rows that seem to have to do with
    /// each other, in the order of their lines. Nil where there is no such row any more.
    /// - Returns: what is odd, though no reason to hold rows back.
    mutating func finishFirstReading(
        _ read: (_ line: Int, _ seed: Int) throws -> (claim: RowBinder.Claim, isFit: Bool)?
    ) rethrows -> ClaimIndex.Oddities {
        index.keepOnlyCandidates()
        guard !index.isEmpty else { return ClaimIndex.Oddities() }
        seed = 1
        try index.rehash { line in
            try read(line, 1).map { Self.entry($0.claim, line: line, isFit: $0.isFit) }
        }
        return index.keepOnlyRepeated()
    }

    /// The second reading: all rows of the file are known.
    ///
    /// `content`: what the row sends besides its key; nil for a row that is unfit anyway.
    mutating func judge(_ claim: RowBinder.Claim, line: Int, content: @autoclosure () -> UInt64?) -> Verdict {
        if findsNothing { return .alone }
        let content = content()
        return judge(Self.entry(claim, line: line, isFit: content != nil), content: content)
    }

    /// The only reading of a stream: only earlier rows are known. What a first row would have sent is not kept, so a
    /// repetition with other attributes shows as a repetition; the ledger knows better.
    mutating func judgeAndNote(_ claim: RowBinder.Claim, line: Int, content: UInt64?) -> Verdict {
        let own = Self.entry(claim, line: line, isFit: content != nil)
        let finding = judge(own, content: nil)
        index.appendSearchable(own)
        return finding
    }

    private mutating func judge(_ own: ClaimIndex.Entry, content: UInt64?) -> Verdict {
        if let rival = index.rival(of: own) { return .claimedForTwoUsers(otherLine: rival.line) }
        guard own.isFit, let first = index.firstFit(like: own) else { return .alone }
        if first.line == own.line {
            firstContents[own.line] = content
            return .alone
        }
        return content == nil || firstContents[first.line] == content
            ? .repetition(firstLine: first.line) : .repetitionWithOtherAttributes(firstLine: first.line)
    }

    private static func entry(_ claim: RowBinder.Claim, line: Int, isFit: Bool) -> ClaimIndex.Entry {
        ClaimIndex.Entry(
            account: UInt64(bitPattern: Int64(claim.accountHash)),
            folded: UInt64(bitPattern: Int64(claim.foldedHash)),
            user: UInt64(bitPattern: Int64(claim.userHash)) ^ claim.provider.low ^ claim.provider.high,
            line: line,
            isFit: isFit
        )
    }
}
