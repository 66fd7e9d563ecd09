/// Who claims which external account, in 16 bytes a row: it finds accounts that are claimed for two users, rows that
/// stand twice in the input, accounts that differ in upper and lower case only, and users with several accounts.
///
/// An account (identity provider and external id) is kept as 56 bits of hashes, the user at this provider as 40, all with
/// a seed of this process, so that nobody can craft a collision. A file's candidates are looked at once more with another
/// seed (``rehash(_:)``), so that a false alarm takes two collisions. A stream's are not: among 10 million rows a false
/// alarm has a chance of 1 in a thousand there. An overlooked conflict has one of 1 in a million million for each account
/// claimed twice.
///
/// Entries are appended to a sorted part and a short unsorted one, so that it can also be asked while it grows.
struct ClaimIndex: Sendable {
    struct Entry: Sendable, Equatable {
        /// 40 bits of the account's hash without regard to case, 16 of the hash with it, 8 of the user's.
        fileprivate var accountAndUser: UInt64
        /// The other 32 bits of the user's hash.
        fileprivate var restOfUser: UInt32
        /// Fit rows first, then by line: the highest bit says that the row is not fit to be sent, the next one that its
        /// user has several accounts.
        private var marksAndLine: UInt32

        /// `folded`: the account's hash without regard to case, the same as `account` where case makes no difference.
        init(account: UInt64, folded: UInt64, user: UInt64, line: Int, isFit: Bool) {
            accountAndUser = folded & ~0xFF_FFFF | account & 0xFF_FF00 | user >> 32 & 0xFF
            restOfUser = UInt32(truncatingIfNeeded: user)
            marksAndLine = UInt32(truncatingIfNeeded: line) & 0x3FFF_FFFF | (isFit ? 0 : 0x8000_0000)
        }

        var line: Int { Int(marksAndLine & 0x3FFF_FFFF) }
        var isFit: Bool { marksAndLine & 0x8000_0000 == 0 }
        var account: UInt64 { accountAndUser >> 8 }
        var foldedAccount: UInt64 { accountAndUser >> 24 }
        var user: UInt64 { (accountAndUser & 0xFF) << 32 | UInt64(restOfUser) }

        fileprivate var hasSeveralAccounts: Bool {
            get { marksAndLine & 0x4000_0000 != 0 }
            set { marksAndLine = newValue ? marksAndLine | 0x4000_0000 : marksAndLine & ~0x4000_0000 }
        }

        fileprivate static func precedes(_ first: Entry, _ second: Entry) -> Bool {
            (first.accountAndUser, first.restOfUser, first.marksAndLine)
                < (second.accountAndUser, second.restOfUser, second.marksAndLine)
        }
    }

    /// Rows that have something to do with each other though nothing is wrong with them.
    struct Oddities: Sendable {
        /// Fit rows, and the first of their lines.
        var caseVariants = (count: 0, firstLine: 0)
        var severalAccounts = (count: 0, firstLine: 0)
    }

    private var entries: [Entry] = []
    /// Entries on their way into `entries`: growing one array would need it twice for as long as it is copied. Each
    /// part is beyond 32 MiB, from where on malloc(3) gives freed memory back to the system in any case.
    private var parts: [[Entry]] = []
    private static let entriesPerPart = 32 << 20 / MemoryLayout<Entry>.stride + 1
    private var sortedCount = 0
    /// Of the unsorted part: the first fit and the first unfit row of each user, by account.
    private var recent: [UInt64: [Entry]] = [:]

    var isEmpty: Bool { entries.isEmpty }

    /// Adds a row's claim, to be asked for only after ``keepOnlyRepeated()``.
    mutating func append(_ entry: Entry) {
        if parts.last?.count ?? Self.entriesPerPart == Self.entriesPerPart {
            parts.append([])
            parts[parts.count - 1].reserveCapacity(Self.entriesPerPart)
        }
        parts[parts.count - 1].append(entry)
    }

    /// Adds a row's claim so that it is found at once.
    mutating func appendSearchable(_ entry: Entry) {
        entries.append(entry)
        let known = recent[entry.account] ?? []
        if !known.contains(where: { $0.user == entry.user && $0.isFit == entry.isFit }) {
            recent[entry.account] = known + [entry]
        }
        if entries.count - sortedCount > max(4096, sortedCount / 16) { sort() }
    }

    /// Forgets all rows that have nothing to do with another one, as far as the hashes tell.
    mutating func keepOnlyCandidates() {
        gather()
        markSeveralAccounts()
        sort()
        keep(groupsBy: \.foldedAccount) { $1.count > 1 || $0[$1.lowerBound].hasSeveralAccounts }
    }

    /// Hashes all rows anew. `entry` is asked in the order of the lines; nil keeps a row as it is.
    mutating func rehash(_ entry: (_ line: Int) throws -> Entry?) rethrows {
        entries.sort { $0.line < $1.line }
        for index in entries.indices {
            if let anew = try entry(entries[index].line) { entries[index] = anew }
        }
        sortedCount = 0
    }

    /// Forgets all accounts that stand in one row only: what is left tells all.
    ///
    /// - Returns: what is odd about those that are forgotten, and about the others.
    @discardableResult
    mutating func keepOnlyRepeated() -> Oddities {
        gather()
        var oddities = Oddities()
        markSeveralAccounts()
        Self.count(entries.lazy.filter { $0.isFit && $0.hasSeveralAccounts }, in: &oddities.severalAccounts)
        for index in entries.indices { entries[index].hasSeveralAccounts = false }
        sort()
        forEachGroup(by: \.foldedAccount) { group in
            let fit = group.lazy.filter(\.isFit)
            guard let first = fit.first, fit.contains(where: { $0.account != first.account && $0.user != first.user })
            else { return }
            Self.count(fit, in: &oddities.caseVariants)
        }
        keep(groupsBy: \.account) { $1.count > 1 }
        return oddities
    }

    private static func count(_ rows: some Sequence<Entry>, in sum: inout (count: Int, firstLine: Int)) {
        for row in rows {
            sum = (sum.count + 1, sum.count == 0 ? row.line : min(sum.firstLine, row.line))
        }
    }

    /// Puts the parts together.
    private mutating func gather() {
        if parts.count == 1, entries.isEmpty {
            swap(&entries, &parts[0])
        } else {
            entries.reserveCapacity(entries.count + parts.reduce(0) { $0 + $1.count })
            for index in parts.indices {
                entries += parts[index]
                parts[index] = []
            }
        }
        parts = []
    }

    /// Marks the rows of users with more than one account at one provider. They are in the order of the users then.
    private mutating func markSeveralAccounts() {
        unsafe entries.withUnsafeMutableBufferPointer {
            unsafe Self.sort(&$0, from: 0, to: $0.count, by: UserOrder.self)
        }
        var start = 0
        while start < entries.count {
            let end = endOfGroup(from: start, by: \.user)
            if entries[start..<end].contains(where: { $0.account != entries[start].account }) {
                for index in start..<end { entries[index].hasSeveralAccounts = true }
            }
            start = end
        }
    }

    private func endOfGroup(from start: Int, by key: (Entry) -> UInt64) -> Int {
        var end = start + 1
        while end < entries.count, key(entries[end]) == key(entries[start]) { end += 1 }
        return end
    }

    /// Of sorted entries, keeps the groups with one key of which `isWanted` is true.
    private mutating func keep(groupsBy key: (Entry) -> UInt64, where isWanted: ([Entry], Range<Int>) -> Bool) {
        var kept = 0
        var start = 0
        while start < entries.count {
            let end = endOfGroup(from: start, by: key)
            if isWanted(entries, start..<end) {
                for index in start..<end {
                    entries[kept] = entries[index]
                    kept += 1
                }
            }
            start = end
        }
        entries = Array(entries[..<kept])
        sortedCount = kept
    }

    private func forEachGroup(by key: (Entry) -> UInt64, _ body: (ArraySlice<Entry>) -> Void) {
        var start = 0
        while start < entries.count {
            let end = endOfGroup(from: start, by: key)
            body(entries[start..<end])
            start = end
        }
    }

    /// A row that claims the same account for another user.
    func rival(of entry: Entry) -> Entry? {
        let start = firstIndex { $0.account < entry.account }
        let end = firstIndex { $0.account <= entry.account }
        if start < end {
            // Sorted by user: if there are two users, the first and the last row of the account have different ones.
            if entries[start].user != entry.user { return entries[start] }
            if entries[end - 1].user != entry.user { return entries[end - 1] }
        }
        return recent[entry.account]?.first { $0.user != entry.user }
    }

    /// The first row that is fit to be sent and has the same account and the same user.
    func firstFit(like entry: Entry) -> Entry? {
        let place = firstIndex { ($0.account, $0.user) < (entry.account, entry.user) }
        if place < sortedCount {
            let found = entries[place]
            if found.account == entry.account, found.user == entry.user, found.isFit { return found }
        }
        return recent[entry.account]?.first { $0.user == entry.user && $0.isFit }
    }

    /// The first place in the sorted part for which `precedes` is false.
    private func firstIndex(where precedes: (Entry) -> Bool) -> Int {
        var low = 0
        var high = sortedCount
        while low < high {
            let middle = (low + high) / 2
            if precedes(entries[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func sort() {
        unsafe entries.withUnsafeMutableBufferPointer {
            unsafe Self.sort(&$0, from: 0, to: $0.count, by: AccountOrder.self)
        }
        sortedCount = entries.count
        recent.removeAll(keepingCapacity: true)
    }

    /// In place, since a sort that copies would need half as much memory again: by one byte of the key after the
    /// other (American flag sort; McIlroy, Bostic, McIlroy, "Engineering Radix Sort", 1993), small parts as they come.
    private static func sort<Order: EntryOrder>(
        _ entries: inout UnsafeMutableBufferPointer<Entry>,
        from start: Int,
        to end: Int,
        digit depth: Int = 0,
        by order: Order.Type
    ) {
        guard end - start > 32, depth < Order.digits else {
            unsafe entries[start..<end].sort(by: Order.precedes)
            return
        }
        var ends = [Int](repeating: 0, count: 256)
        for index in start..<end { unsafe ends[Order.digit(depth, of: entries[index])] += 1 }
        var starts = [Int](repeating: start, count: 256)
        var sum = start
        for value in 0..<256 {
            starts[value] = sum
            sum += ends[value]
            ends[value] = sum
        }
        var next = starts
        for value in 0..<256 {
            while next[value] < ends[value] {
                let other = unsafe Order.digit(depth, of: entries[next[value]])
                if other != value { unsafe entries.swapAt(next[value], next[other]) }
                next[other] += 1
            }
        }
        for value in 0..<256 where ends[value] - starts[value] > 1 {
            unsafe sort(&entries, from: starts[value], to: ends[value], digit: depth + 1, by: order)
        }
    }
}

/// By what entries are sorted, from the first byte of the key on.
private protocol EntryOrder {
    static var digits: Int { get }
    static func digit(_ place: Int, of entry: ClaimIndex.Entry) -> Int
    static func precedes(_ first: ClaimIndex.Entry, _ second: ClaimIndex.Entry) -> Bool
}

private enum AccountOrder: EntryOrder {
    static var digits: Int { 8 }

    static func digit(_ place: Int, of entry: ClaimIndex.Entry) -> Int {
        Int(truncatingIfNeeded: entry.accountAndUser >> UInt64(56 - 8 * place) & 0xFF)
    }

    static func precedes(_ first: ClaimIndex.Entry, _ second: ClaimIndex.Entry) -> Bool {
        ClaimIndex.Entry.precedes(first, second)
    }
}

private enum UserOrder: EntryOrder {
    static var digits: Int { 4 }

    static func digit(_ place: Int, of entry: ClaimIndex.Entry) -> Int {
        Int(entry.restOfUser >> UInt32(24 - 8 * place) & 0xFF)
    }

    static func precedes(_ first: ClaimIndex.Entry, _ second: ClaimIndex.Entry) -> Bool {
        let (one, other) = (first.restOfUser, second.restOfUser)
        return one != other ? one < other : first.accountAndUser & 0xFF < second.accountAndUser & 0xFF
    }
}
