import CSVReading
import PingOneAPI
import PingOneClient

/// The users of an environment by their names, to be asked without PingOne: of each a fingerprint of the name and the
/// id, 32 bytes, and at most 40 where its list is growing. A name that is not here may have a user all the same.
///
/// Names are compared as ``User/isNamed(_:by:)`` compares them: their fingerprint is made of the folded name.
///
/// The names themselves are not kept, so that two that have one fingerprint are one. A fingerprint is the first 128 bits of
/// SHA-256 over 128 random bits of this index and the name: nobody can prepare names that collide, and that any two of 20
/// million users and 20 million rows do by chance has a probability of (4 * 10^7)^2 / 2^129, about 2 in 10^24. Two *users*
/// who collide come out as ambiguous, and nobody is linked.
struct UserIndex: Sendable {
    private struct Entry: Comparable {
        var name: UInt128
        var user: UInt128

        static func < (left: Entry, right: Entry) -> Bool {
            (left.name, left.user) < (right.name, right.user)
        }
    }

    private let key: UserKey
    private let fingerprint: @Sendable (_ folded: String) -> UInt128
    /// By the highest bits of the fingerprint, so that what is copied when there is no more room is always little.
    private var lists: [[Entry]]
    private var isSorted = true
    private static let bits = 10

    /// `fingerprint`: of a folded name.
    init(_ key: UserKey, fingerprint: @escaping @Sendable (_ folded: String) -> UInt128 = makeFingerprint()) {
        self.key = key
        self.fingerprint = fingerprint
        lists = Array(repeating: [], count: 1 << Self.bits)
    }

    static func makeFingerprint() -> @Sendable (String) -> UInt128 {
        var random = SystemRandomNumberGenerator()
        let seed = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        return { SHA256Digest.firstBits(of: seed + $0.utf8) }
    }

    /// Takes users of the list; one who stands there twice is one. Not after ``sort()``.
    ///
    /// - Precondition: their ids are UUIDs.
    mutating func add(_ users: [User]) {
        isSorted = false
        for user in users {
            guard let id = UUIDText(user.id) else { preconditionFailure("a user's id is no UUID") }
            guard let folded = user.name(by: key), !folded.isEmpty else { continue }
            let name = fingerprint(folded)
            Self.append(
                Entry(name: name, user: UInt128(id.high) << 64 | UInt128(id.low)),
                to: &lists[Self.list(of: name)]
            )
        }
    }

    /// Grows by a quarter: an array left alone would double.
    private static func append(_ entry: Entry, to list: inout [Entry]) {
        if list.count == list.capacity { list.reserveCapacity(list.count + max(8, list.count / 4)) }
        list.append(entry)
    }

    private static func list(of name: UInt128) -> Int { Int(name >> (128 - bits)) }

    /// To be called once all users are there.
    mutating func sort() {
        for index in lists.indices { lists[index].sort() }
        isSorted = true
    }

    /// Who has this name; nil where nobody here has.
    ///
    /// - Complexity: O(log n).
    func finding(_ name: UserName) -> UserFinding? {
        precondition(isSorted, "the index is not sorted")
        let wanted = fingerprint(key.folded(name.text))
        let list = lists[Self.list(of: wanted)]
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle].name < wanted { low = middle + 1 } else { high = middle }
        }
        guard low < list.count, list[low].name == wanted else { return nil }
        let user = list[low].user
        let hasOthers = list[low...].prefix { $0.name == wanted }.contains { $0.user != user }
        guard !hasOthers else { return .nobody(.severalUsers(key)) }
        return .user(id: UUIDText(high: UInt64(user >> 64), low: UInt64(truncatingIfNeeded: user)).text)
    }
}
