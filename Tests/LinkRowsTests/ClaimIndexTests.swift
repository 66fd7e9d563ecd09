import PingOneAPI
import SeededRandom
import TestKit
import Testing

@testable import LinkRows

@Suite("Who claims which account")
struct ClaimIndexTests {
    /// The same questions, answered by looking at everything.
    private struct NaiveIndex {
        var entries: [ClaimIndex.Entry] = []

        func hasRival(_ own: ClaimIndex.Entry) -> Bool {
            entries.contains { $0.account == own.account && $0.user != own.user }
        }

        func firstFit(_ own: ClaimIndex.Entry) -> Int? {
            entries.filter { $0.account == own.account && $0.user == own.user && $0.isFit }.map(\.line).min()
        }
    }

    private func entries(_ count: Int, using random: inout SplitMix64) -> [ClaimIndex.Entry] {
        let accounts = Int.random(in: 1...count, using: &random)
        // Some accounts share their first bytes, some only differ there.
        let names = (0..<accounts).map { _ in
            random.next() & [0xFF, 0xFF00_0000_0000_0000, .max, 0xF0F0][Int.random(in: 0..<4, using: &random)]
        }
        return (0..<count).map { index in
            let account = names[Int.random(in: 0..<accounts, using: &random)] << 8
            return ClaimIndex.Entry(
                account: account,
                folded: account,
                user: UInt64.random(in: 0..<3, using: &random) << UInt64.random(in: 0...1, using: &random),
                line: index + 2,
                isFit: Int.random(in: 0..<4, using: &random) > 0
            )
        }
    }

    private func expectSame(_ index: ClaimIndex, _ naive: NaiveIndex, for own: ClaimIndex.Entry) {
        let rival = index.rival(of: own)
        #expect((rival != nil) == naive.hasRival(own))
        if let rival {
            #expect(rival.account == own.account && rival.user != own.user && naive.entries.contains(rival))
        }
        #expect(index.firstFit(like: own)?.line == naive.firstFit(own))
    }

    @Test("a file: answers are those of a plain search", arguments: 0..<150 as Range<UInt64>)
    func file(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let entries = entries(Int.random(in: 1...400, using: &random), using: &random)
        var index = ClaimIndex()
        for entry in entries { index.append(entry) }
        index.keepOnlyRepeated()
        let naive = NaiveIndex(entries: entries)
        for own in entries {
            #expect((index.rival(of: own) != nil) == naive.hasRival(own))
            let stands = entries.count { $0.account == own.account }
            // What stands once is forgotten.
            #expect(index.firstFit(like: own)?.line == (stands > 1 ? naive.firstFit(own) : nil))
        }
    }

    @Test("a stream: answers are those of a plain search at every moment", arguments: 0..<60 as Range<UInt64>)
    func stream(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var index = ClaimIndex()
        var naive = NaiveIndex()
        for own in entries(Int.random(in: 1...300, using: &random), using: &random) {
            expectSame(index, naive, for: own)
            index.appendSearchable(own)
            naive.entries.append(own)
            expectSame(index, naive, for: own)
        }
    }

    @Test("a stream long enough to be sorted several times", arguments: 0..<2 as Range<UInt64>)
    func longStream(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var index = ClaimIndex()
        var byAccount: [UInt64: NaiveIndex] = [:]
        for own in entries(15_000, using: &random) {
            expectSame(index, byAccount[own.account] ?? NaiveIndex(), for: own)
            index.appendSearchable(own)
            byAccount[own.account, default: NaiveIndex()].entries.append(own)
        }
    }
}

@Suite("Rows compared with each other")
struct ClaimCheckTests {
    private func claim(
        _ user: Int,
        _ account: String,
        provider: String = SampleIDs.provider,
        seed: Int = 0
    ) throws -> RowBinder.Claim {
        RowBinder.Claim(
            userHash: user,
            provider: try #require(UUIDText(provider)),
            externalID: Array(account.utf8).span,
            seed: seed
        )
    }

    @Test("two users whose hashes are alike in the bits that are kept are no user with two accounts")
    func alikeUsers() throws {
        for (users, count) in [([7, 7 | 1 << 50], 0), ([7, 7], 2)] {
            var check = ClaimCheck()
            for (index, user) in users.enumerated() {
                check.note(try claim(user, "account-\(index)"), line: index + 2, isFit: true)
            }
            let oddities = try check.finishFirstReading { line, seed in
                (try claim(users[line - 2], "account-\(line - 2)", seed: seed), true)
            }
            #expect(oddities.severalAccounts.count == count)
        }
    }

    @Test("a file: rivals name each other, of equals the first is sent")
    func file() throws {
        let rows: [(RowBinder.Claim, content: UInt64?)] = [
            (try claim(1, "a"), 1), (try claim(2, "a"), 1), (try claim(3, "b"), 1), (try claim(3, "b"), 1),
            (try claim(3, "b"), 2), (try claim(4, "c"), nil), (try claim(5, "c"), 1), (try claim(6, "d"), nil),
            (try claim(6, "d"), 1), (try claim(7, "e"), 1), (try claim(8, "e", provider: SampleIDs.environment), 1),
            (try claim(9, "é"), 1), (try claim(10, "e\u{301}"), 1),
        ]
        var check = ClaimCheck()
        for (index, row) in rows.enumerated() { check.note(row.0, line: index + 2, isFit: row.content != nil) }
        _ = check.finishFirstReading { line, _ in
            let (claim, content) = rows[line - 2]
            return (claim, content != nil)
        }
        let findings = rows.enumerated().map { index, row in check.judge(row.0, line: index + 2, content: row.content) }
        #expect(
            findings == [
                .claimedForTwoUsers(otherLine: 3), .claimedForTwoUsers(otherLine: 2), .alone,
                .repetition(firstLine: 4), .repetitionWithOtherAttributes(firstLine: 4),
                .claimedForTwoUsers(otherLine: 8), .claimedForTwoUsers(otherLine: 7), .alone, .alone, .alone, .alone,
                .alone, .alone,
            ]
        )
    }

    @Test("a stream: only the later row is caught")
    func stream() throws {
        var check = ClaimCheck()
        #expect(check.judgeAndNote(try claim(1, "a"), line: 2, content: 1) == .alone)
        #expect(check.judgeAndNote(try claim(2, "a"), line: 3, content: 1) == .claimedForTwoUsers(otherLine: 2))
        #expect(check.judgeAndNote(try claim(1, "a"), line: 4, content: 1) == .claimedForTwoUsers(otherLine: 3))
        #expect(check.judgeAndNote(try claim(3, "b"), line: 5, content: nil) == .alone)
        #expect(check.judgeAndNote(try claim(3, "b"), line: 6, content: 1) == .alone)
        #expect(check.judgeAndNote(try claim(3, "b"), line: 7, content: 1) == .repetition(firstLine: 6))
    }
}
