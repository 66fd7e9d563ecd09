/// Adds up what a ledger has of each input. A store feeds it: the runs first, then the rows.
package struct InputTally {
    /// A run as the tally needs it.
    package struct Run {
        fileprivate var number: Int64
        /// Nil where that was not noted.
        fileprivate var environment: Int64?
        fileprivate var input: Int64
        fileprivate var source: String
        fileprivate var host: String?
        fileprivate var rows: Int?
        /// Milliseconds since 1970; nil for one without an end.
        fileprivate var ended: Int64?
        /// Whether its input was the whole one, not a result file of it.
        fileprivate var isOfWhole = true
        /// One without an input.
        fileprivate var isUndoing = false
        /// Nil for a run that has not read all of its input, or only a part of it.
        fileprivate var counts: InputCounts?

        fileprivate init(number: Int64, environment: Int64, input: Int64) {
            self.number = number
            self.environment = environment
            self.input = input
            source = ""
        }

        /// id, input, source, rows, environment, host, part, linked, repeated, unsent, the end, and whether it is an
        /// `undo`.
        package init(_ row: some StoredRow) throws {
            number = try row.integer(0)
            input = try row.integer(1)
            source = try row.text(2)
            rows = try row.optionalInt(3)
            environment = try row.optionalInteger(4)
            host = try row.optionalText(5)
            isOfWhole = try row.int(6) == InputPart.whole.code
            if isOfWhole, let linked = try row.optionalInt(7) {
                counts = InputCounts(linked: linked, repeated: try row.int(8), unsent: try row.int(9))
            }
            ended = try row.optionalInteger(10)
            isUndoing = try row.bool(11)
        }
    }

    /// A link that is not there, as far as is known.
    package struct OpenRow {
        fileprivate var row: Int64
        fileprivate var environment: Int64
        fileprivate var run: Int64
        fileprivate var state: LinkState
        fileprivate var seen: Int64?
        /// Milliseconds since 1970.
        fileprivate var updated: Int64
        fileprivate var isInDoubt: Bool
        /// Whether a link that was made is removed, or may be.
        fileprivate var isTakenBack: Bool

        /// id, environment, run, state, seen, the last change, ``LinkDoubt/isInDoubt`` and ``LinkDoubt/isOfUndoing``.
        package init(_ row: some StoredRow) throws {
            guard let state = LinkState(code: try row.int(3)) else { throw UnreadableValue() }
            self.state = state
            self.row = try row.integer(0)
            environment = try row.integer(1)
            run = try row.integer(2)
            seen = try row.optionalInteger(4)
            updated = try row.integer(5)
            isInDoubt = try row.bool(6)
            isTakenBack = try state == .undone || row.bool(7)
        }
    }

    /// An input in an environment.
    private struct Place: Hashable {
        var environment: Int64
        var input: Int64
    }

    private struct Sum {
        /// The last run that has read all of the input.
        var whole: Run?
        /// The last run over the input itself, read to the end or not; where there is none, the last one over a part.
        var latest: Run
        /// The last run of all.
        var lastRun: Int64
        var open: [LinkState: Int] = [:]
        var gone: [LinkState: Int] = [:]
        var linked: [LinkState: Int] = [:]
        /// Of these, what runs after ``whole`` have linked.
        var linkedSince = 0
        /// Rows that ``whole`` has left linked and that are undone now, or may be.
        var undoneSince = 0
        var invalid = 0

        /// Linked rows that a run over this input was the last to touch.
        var linkedRows: Int { linked.values.reduce(0, +) }
    }

    private let environments: [Int64: String]
    /// Runs over an input, by their numbers.
    private var runs: [Int64: Run] = [:]
    private let inputOfRun: [Int64: Int64]
    private var sums: [Place: Sum] = [:]
    private var order: [Place] = []
    private var gone: Set<Ticket> = []

    /// `runs`: all there are, the oldest first.
    package init(environments: [Int64: String], runs: [Run]) {
        self.environments = environments
        inputOfRun = Dictionary(uniqueKeysWithValues: runs.map { ($0.number, $0.input) })
        for run in runs where !run.isUndoing {
            let place = Place(environment: run.environment ?? environments.keys.min() ?? 0, input: run.input)
            self.runs[run.number] = run
            if sums[place] == nil { order.append(place) }
            let before = sums[place]
            let latest = run.isOfWhole || before?.latest.isOfWhole != true ? run : before?.latest
            let whole = run.counts == nil ? before?.whole : run
            sums[place] = Sum(whole: whole, latest: latest ?? run, lastRun: run.number)
        }
    }

    /// The input that a row belongs to: that of the run which touched it last.
    private mutating func place(environment: Int64, run: Int64) -> Place {
        let place = Place(environment: environment, input: inputOfRun[run] ?? 0)
        if sums[place] == nil {
            let latest = runs[run] ?? Run(number: run, environment: environment, input: place.input)
            sums[place] = Sum(latest: latest, lastRun: run)
            order.append(place)
        }
        return place
    }

    /// All rows that are neither `linked` nor `already-linked` come first.
    package mutating func add(_ row: OpenRow) {
        let place = place(environment: row.environment, run: row.run)
        let last = max(row.run, row.seen ?? 0)
        let whole = sums[place]?.whole
        let isUndoneSince = row.isTakenBack && row.run <= whole?.number ?? 0 && row.updated >= whole?.ended ?? .max
        if isUndoneSince { sums[place]?.undoneSince += 1 }
        // A row in doubt is somebody's business wherever it stands.
        let isGone = last < whole?.number ?? 0 && !row.isInDoubt && !isUndoneSince
        if isGone {
            gone.insert(Ticket(row: row.row))
            sums[place]?.gone[row.state, default: 0] += 1
        } else {
            sums[place]?.open[row.state, default: 0] += 1
        }
    }

    /// Whether all linked rows are those of one input, which its last run has read to the end: then their number by state
    /// is enough, and nobody needs to ask whose they are.
    package var isOfOneInput: Bool {
        guard order.count == 1, let whole = sums[order[0]]?.whole else { return false }
        return whole.number == inputOfRun.keys.max()
    }

    /// The linked rows of the only input. `all`: the number of all links; `others`: of those that are not `linked`.
    package mutating func addLinkedRows(all: Int, others: [LinkState: Int]) {
        precondition(isOfOneInput, "linked rows of \(order.count) inputs were added as those of one")
        sums[order[0]]?.linked[.alreadyLinked] = others[.alreadyLinked]
        sums[order[0]]?.linked[.linked] = all - others.values.reduce(0, +)
    }

    /// Linked rows that a run has touched last: environment, run, state and their number.
    package mutating func addLinkedRows(_ row: some StoredRow) throws {
        guard let state = LinkState(code: try row.int(2)) else { throw UnreadableValue() }
        let run = try row.integer(1)
        let count = try row.int(3)
        let place = place(environment: try row.integer(0), run: run)
        sums[place]?.linked[state, default: 0] += count
        if let whole = sums[place]?.whole, run > whole.number { sums[place]?.linkedSince += count }
    }

    /// Invalid rows of an input: its number, their environment in small letters, and how many.
    package mutating func addInvalidRows(_ row: some StoredRow) throws {
        let input = try row.integer(0)
        let environment = try row.optionalText(1)
        let number = environment.flatMap { uuid in environments.first { $0.value.lowercased() == uuid }?.key }
        let place = order.first { $0.input == input && number ?? $0.environment == $0.environment }
        if let place { sums[place]?.invalid += try row.int(2) }
    }

    /// See ``LedgerReader/inputs()``.
    package var inputs: (records: [InputRecord], gone: Set<Ticket>) {
        var stored: [Int64: Int] = [:]
        for (place, sum) in sums { stored[place.environment, default: 0] += sum.linkedRows }
        let records = order.compactMap { record(of: $0, stored: stored[$0.environment, default: 0]) }
        let begun = Set(records.filter { !$0.counts.isEmpty || !$0.gone.isEmpty }.map(\.environmentID))
        return (begun.isEmpty ? records : records.filter { begun.contains($0.environmentID) }, gone)
    }

    /// `stored`: the linked rows of the whole environment, of which an input cannot have more.
    private func record(of place: Place, stored all: Int) -> InputRecord? {
        guard let sum = sums[place] else { return nil }
        var counts = sum.open
        counts[.invalid] = sum.invalid
        var gone = sum.gone
        let stored = sum.linkedRows
        // As its last run saw it, with what has been linked since; without such a run all there are.
        let linked =
            (sum.whole?.counts).map { counts in
                let seen = max(0, counts.linked + sum.linkedSince - sum.undoneSince)
                return min(seen, max(stored, counts.linked), all)
            } ?? stored
        let already = min(sum.linked[.alreadyLinked, default: 0], linked)
        (counts[.linked], counts[.alreadyLinked]) = (linked - already, already)
        gone[.linked] = max(0, stored - linked)
        return InputRecord(
            environmentID: environments[place.environment] ?? "",
            host: sum.latest.host,
            source: sum.latest.source,
            counts: counts.filter { $0.value > 0 },
            stored: stored,
            unsent: unsent(sum, rows: counts.values.reduce(0, +)),
            gone: gone.filter { $0.value > 0 },
            lastRun: sum.lastRun
        )
    }

    /// What the last run over the input has not sent; of one that was killed or goes on, what it had not come to.
    private func unsent(_ sum: Sum, rows: Int) -> Int {
        if let whole = sum.whole, whole.number == sum.latest.number { return whole.counts?.unsent ?? 0 }
        guard let all = sum.latest.counts == nil ? sum.latest.rows : nil, sum.latest.number > sum.whole?.number ?? 0
        else {
            return sum.whole?.counts?.unsent ?? 0
        }
        return max(0, all - rows - (sum.whole?.counts?.repeated ?? 0))
    }
}
