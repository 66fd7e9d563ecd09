import FoundationEssentials
import Testing

@testable import Pacing

/// How well the automatic rate does against servers that count in all kinds of ways, compared with the best constant rate
/// that somebody could choose who knows the limit.
///
/// `PACING_TABLE=1 swift test --filter ServerKind` works out that rate and prints both shares for more servers than are
/// tried otherwise; `PACING_TABLE=10,20,100,400,1000` says for which limits.
@Suite("Pace against all kinds of servers")
struct ServerKindTests {
    /// What is reached, as a share of the limit, and the share of refusals. Less than 0.95 where even the best constant rate reaches little more, or
    /// where each refusal costs a minute.
    struct Bound: CustomTestStringConvertible, Sendable {
        var kind: ServerKind
        var share: Double
        var refused: Double

        var testDescription: String { kind.description }
    }

    /// The limits of `PACING_TABLE`; nil if no table is wanted.
    private static let tableLimits: [Double]? = ProcessInfo.processInfo.environment["PACING_TABLE"].map { text in
        let limits = text.split(separator: ",").compactMap { Double($0) }.filter { $0 > 1 }
        return limits.isEmpty ? [20, 100] : limits
    }

    static let bounds: [Bound] = (ServerKind.buckets + ServerKind.windows + ServerKind.nodes).flatMap { counting in
        [RetryAfterHeader.seconds(1), .none].map { header in
            Bound(
                kind: ServerKind(counting: counting, retryAfter: header, limit: 100),
                share: bound(for: counting),
                refused: 0.0105
            )
        }
    }

    /// The best constant rates reach 0.99 to 1, and against four nodes 0.93 (a second's worth each), 0.90 (20 tokens) and
    /// 0.66 (fixed windows).
    private static func bound(for counting: Counting) -> Double {
        switch counting {
        case .fourNodes(.bucket): 0.88
        case .fourNodes(.tokens): 0.84
        case .fourNodes: 0.6
        case .slidingWindow(60), .weightedWindows(60): 0.9
        default: 0.94
        }
    }

    private func rounded(_ number: Double) -> Double {
        (number * 1_000).rounded() / 1_000
    }

    @Test("a limit is used, whatever way the server counts", arguments: bounds)
    func constant(bound: Bound) {
        let result = bound.kind.simulation.run(seconds: 600)
        #expect(Double(result.answered) / 600 / bound.kind.limit >= bound.share)
        #expect(result.refusedShare <= bound.refused)
        #expect(result.rate >= 0.5 * bound.kind.limit)
    }

    @Test("12,000 rows take little longer than they must", arguments: bounds)
    func rows(bound: Bound) {
        let result = bound.kind.simulation.run(rows: 12_000)
        #expect(result.answered == 12_000)
        #expect(result.seconds <= 1.1 / min(1, bound.share + 0.05) * 120)
    }

    @Test("a limit that halves is followed within 30 s, one that doubles within 90 s", arguments: [0.5, 2])
    func moving(factor: Double) {
        // With two tokens at 200 a second and this jitter, the best constant rate reaches 0.67.
        for counting in ServerKind.buckets.dropFirst(factor > 1 ? 1 : 0) + [.fixedWindow(), .slidingWindow()] {
            let kind = ServerKind(counting: counting, limit: 100, course: .times(factor))
            let from = factor < 1 ? 230.0 : 290
            let result = kind.simulation.run(seconds: from + 60)
            let sent = Double(result.sentAt.count { $0 >= from }) / 60 / kind.limit(at: from)
            #expect((0.9...1.1).contains(sent), "\(kind): \(sent)")
            #expect(result.refusedShare <= 0.01, "\(kind)")
        }
    }

    @Test("the table: shares of the best constant rate", .enabled(if: tableLimits != nil))
    func table() {
        var shares: [Double] = []
        for kind in ServerKind.all where (Self.tableLimits ?? []).contains(kind.limit) {
            let best = Yardstick(kind, seconds: 600)
            let result = kind.simulation.run(seconds: 600)
            let share = Double(result.answered) / 600 / kind.meanLimit(over: 600)
            let refused = rounded(result.refusedShare * 100)
            let verdict = best.share < 0.5 ? "no search can do it" : "\(rounded(share / best.share)) of it"
            print(
                "\(kind): best constant rate \(rounded(best.share)), ours \(rounded(share)), \(verdict), 429 \(refused) %"
            )
            if best.share >= 0.5 { shares.append(share / best.share) }
        }
        shares.sort()
        print("\(shares.count) servers, median \(rounded(shares[shares.count / 2])), worst \(rounded(shares[0]))")
        #expect(shares[shares.count / 2] >= 0.97)
    }
}
