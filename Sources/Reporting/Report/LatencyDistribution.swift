/// How long answers took, from how many took how many milliseconds; exact.
package struct LatencyDistribution: Sendable, Equatable {
    /// Answers that took from `from` milliseconds to less than `to`.
    package struct Bin: Sendable, Equatable {
        package var from: Int
        package var to: Int
        package var count: Int
    }

    /// By milliseconds, ascending.
    private let counts: [(milliseconds: Int, count: Int)]
    package let total: Int

    package init(_ counts: [Int: Int]) {
        self.counts = counts.filter { $0.key >= 0 && $0.value > 0 }.sorted { $0.key < $1.key }
            .map { (milliseconds: $0.key, count: $0.value) }
        total = self.counts.reduce(0) { $0 + $1.count }
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.counts.elementsEqual(right.counts) { $0 == $1 }
    }

    /// The time in milliseconds within which this share of the answers came: the smallest one that is long enough for
    /// `share` × total of them. Nil without answers.
    ///
    /// `share`: above 0, up to 1.
    package func percentile(_ share: Double) -> Int? {
        let rank = max(1, Int((share * Double(total)).rounded(.up)))
        var seen = 0
        for (milliseconds, count) in counts {
            seen += count
            if seen >= rank { return milliseconds }
        }
        return nil
    }

    package var maximum: Int? { counts.last?.milliseconds }

    /// The answers in steps that look alike on a logarithmic scale, from that of the fastest to that of the slowest.
    package var bins: [Bin] {
        guard let first = counts.first?.milliseconds, let last = counts.last?.milliseconds else { return [] }
        var bins: [Bin] = []
        var rest = counts[...]
        var from = 0
        for to in Self.edges {
            let inside = rest.prefix { $0.milliseconds < to }
            rest = rest.dropFirst(inside.count)
            if to > first { bins.append(Bin(from: from, to: to, count: inside.reduce(0) { $0 + $1.count })) }
            if to > last { return bins }
            from = to
        }
        bins.append(Bin(from: from, to: last + 1, count: rest.reduce(0) { $0 + $1.count }))
        return bins
    }

    /// 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20 … up to ten thousand seconds, longer than any request may take.
    private static let edges: [Int] = {
        let decade = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80]
        let first = [1, 2, 3, 4, 5, 6, 8]
        return first + [1, 10, 100, 1000, 10_000, 100_000].flatMap { power in decade.map { $0 * power } }
    }()
}
