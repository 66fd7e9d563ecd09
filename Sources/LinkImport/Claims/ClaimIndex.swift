/// Who claims which external account, in 16 bytes a row: it finds accounts that are claimed for two users, and rows
/// that stand twice in the input.
///
/// An account (identity provider and external id) is kept as a 64-bit hash, the user as a 32-bit one, both with a seed
/// of this process, so that nobody can craft a collision. Among 10 million rows a false alarm has a chance of 3 in a
/// million, and an overlooked conflict one of 1 in 4 thousand million for each account claimed twice.
///
/// Entries are appended to a sorted part and a short unsorted one, so that it can also be asked while it grows.
struct ClaimIndex: Sendable {
    struct Entry: Sendable, Equatable {
        var account: UInt64
        var user: UInt32
        /// Fit rows first, then by line: the highest bit says that the row is not fit to be sent.
        private var unfitnessAndLine: UInt32

        init(account: UInt64, user: UInt32, line: Int, isFit: Bool) {
            self.account = account
            self.user = user
            unfitnessAndLine = UInt32(truncatingIfNeeded: line) & 0x7FFF_FFFF | (isFit ? 0 : 0x8000_0000)
        }

        var line: Int { Int(unfitnessAndLine & 0x7FFF_FFFF) }
        var isFit: Bool { unfitnessAndLine & 0x8000_0000 == 0 }

        static func precedes(_ first: Entry, _ second: Entry) -> Bool {
            (first.account, first.user, first.unfitnessAndLine) < (second.account, second.user, second.unfitnessAndLine)
        }
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

    /// Forgets all accounts that stand in one row only: what is left tells all.
    mutating func keepOnlyRepeated() {
        if parts.count == 1 {
            swap(&entries, &parts[0])
        } else {
            entries.reserveCapacity(parts.reduce(0) { $0 + $1.count })
            for index in parts.indices {
                entries += parts[index]
                parts[index] = []
            }
        }
        parts = []
        sort()
        var kept = 0
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, entries[end].account == entries[start].account { end += 1 }
            if end - start > 1 {
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
        entries.withUnsafeMutableBufferPointer { Self.sort(&$0, from: 0, to: $0.count, shift: 56) }
        sortedCount = entries.count
        recent.removeAll(keepingCapacity: true)
    }

    /// In place, since a sort that copies would need half as much memory again: by one byte of the account after the
    /// other (American flag sort; McIlroy, Bostic, McIlroy, "Engineering Radix Sort", 1993), small parts as they come.
    private static func sort(
        _ entries: inout UnsafeMutableBufferPointer<Entry>,
        from start: Int,
        to end: Int,
        shift: Int
    ) {
        guard end - start > 32, shift >= 0 else {
            entries[start..<end].sort(by: Entry.precedes)
            return
        }
        func digit(_ entry: Entry) -> Int { Int(truncatingIfNeeded: entry.account >> UInt64(shift) & 0xFF) }
        var ends = [Int](repeating: 0, count: 256)
        for index in start..<end { ends[digit(entries[index])] += 1 }
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
                let other = digit(entries[next[value]])
                if other != value { entries.swapAt(next[value], next[other]) }
                next[other] += 1
            }
        }
        for value in 0..<256 where ends[value] - starts[value] > 1 {
            sort(&entries, from: starts[value], to: ends[value], shift: shift - 8)
        }
    }
}
