/// Who has part in a pace just now, and what each of them says and wants.
struct PaceMembers: Equatable, Sendable, Codable {
    struct Member: Equatable, Sendable, Codable {
        var id: Int64
        /// The bound that its user has set, requests per second; infinite without one.
        var maximum: Double
        /// Whether that is `--rate N`.
        var isFixed: Bool
        /// How many turns it could use in a ``SharedPace/usual`` time.
        var wanted: Int
        /// The number of what it told last.
        var told: Int64
        /// Until when it has told everything.
        var toldUntil: ContinuousClock.Instant
        var seen: ContinuousClock.Instant
    }

    /// Who has not been seen for so long says nothing any more.
    static let forgottenAfter = Duration.seconds(5)
    /// Who has not been seen for so long is not waited for, and leaves its turns to others.
    private static let awayAfter = Duration.milliseconds(300)

    private var all: [Member] = []

    /// What holds for all of them: the lowest bound, which is a fixed rate only if all of them say so.
    var bound: (maximum: Double, isFixed: Bool) {
        (all.map(\.maximum).min() ?? .infinity, all.allSatisfy(\.isFixed))
    }

    func member(_ id: Int64) -> Member? {
        all.first { $0.id == id }
    }

    /// Notes one as it is now, and forgets those who are gone.
    mutating func update(_ member: Member) {
        all.removeAll { $0.id == member.id || $0.seen + Self.forgottenAfter < member.seen }
        all.append(member)
    }

    /// Until when everything has been told that is going to be told.
    func toldUntil(at now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        present(at: now).map(\.toldUntil).min() ?? now
    }

    /// How many turns all of them together could use in a ``SharedPace/usual`` time.
    func wanted(at now: ContinuousClock.Instant) -> Int {
        present(at: now).reduce(0) { $0 + $1.wanted }
    }

    /// How many of so many turns one may have: all that it wants, or as many as any other that would like more.
    func share(of supply: Double, for wanted: Int, at now: ContinuousClock.Instant) -> Double {
        var left = supply
        var wants = present(at: now).map { Double($0.wanted) }.sorted()[...]
        while let least = wants.first, least <= left / Double(wants.count) {
            left -= least
            wants.removeFirst()
        }
        return min(Double(wanted), wants.isEmpty ? .infinity : left / Double(wants.count))
    }

    private func present(at now: ContinuousClock.Instant) -> [Member] {
        all.filter { $0.seen + Self.awayAfter >= now }
    }
}
