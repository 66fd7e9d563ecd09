import GRDB
import Ledger

/// Adds up what a ledger has of each input.
struct InputTally {
    private struct Run {
        var number: Int64
        var place: Place
        var source: String
        var host: String?
        var rows: Int?
        /// Milliseconds since 1970; nil for one without an end.
        var ended: Int64?
        /// Whether its input was the whole one, not a result file of it.
        var isOfWhole = true
        /// Nil for a run that has not read all of its input, or only a part of it.
        var counts: InputCounts?
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
        /// Rows that ``whole`` has left linked and that are undone now.
        var undoneSince = 0
        var invalid = 0
    }

    private let environments: [Int64: String]
    /// Runs over an input, by their numbers.
    private let runs: [Int64: Run]
    private let inputOfRun: [Int64: Int64]
    private var sums: [Place: Sum] = [:]
    private var order: [Place] = []
    private(set) var gone: Set<Ticket> = []
    private let hasSeen: Bool

    init(_ database: Database) throws {
        hasSeen = try database.hasColumn("seen", in: "links")
        let named = try Row.fetchAll(database, sql: "SELECT id, uuid FROM environments")
        environments = try Dictionary(
            uniqueKeysWithValues: named.map { try ($0.decode(atIndex: 0), $0.decode(atIndex: 1)) }
        )
        let kind = try database.hasColumn("kind", in: "run_records")
        // Versions before have noted counts also where the input was not read to its end.
        let linked = "iif(exit_code IN (65, 66), NULL, linked)"
        let more = hasSeen ? "environment, host, part, \(linked), repeated, unsent" : "NULL, NULL, 0, NULL, NULL, NULL"
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT id, input, source, rows, \(more), ended_ms
                FROM run_records \(kind ? "WHERE kind <> \(RunKind.undoing.code)" : "") ORDER BY id
                """
        )
        inputOfRun = try Dictionary(
            uniqueKeysWithValues: Row.fetchAll(database, sql: "SELECT id, input FROM run_records").map {
                try ($0.decode(atIndex: 0), $0.decode(atIndex: 1))
            }
        )
        var runs: [Int64: Run] = [:]
        for row in rows {
            let number: Int64 = try row.decode(atIndex: 0)
            let environment: Int64? = try row.decode(atIndex: 4)
            let isOfWhole = try row.decode(Int.self, atIndex: 6) == InputPart.whole.code
            let linked: Int? = try row.decode(atIndex: 7)
            let place = Place(
                environment: environment ?? environments.keys.min() ?? 0,
                input: try row.decode(atIndex: 1)
            )
            let run = try Run(
                number: number,
                place: place,
                source: row.decode(atIndex: 2),
                host: row.decode(atIndex: 5),
                rows: row.decode(atIndex: 3),
                ended: row.decode(atIndex: 10),
                isOfWhole: isOfWhole,
                counts: isOfWhole
                    ? linked.map {
                        InputCounts(
                            linked: $0,
                            repeated: try row.decode(atIndex: 8),
                            unsent: try row.decode(atIndex: 9)
                        )
                    } : nil
            )
            runs[number] = run
            if sums[place] == nil { order.append(place) }
            let before = sums[place]
            let latest = run.isOfWhole || before?.latest.isOfWhole != true ? run : before?.latest
            sums[place] = Sum(whole: run.counts == nil ? before?.whole : run, latest: latest ?? run, lastRun: number)
        }
        self.runs = runs
    }

    /// The input that a row belongs to: that of the run which touched it last.
    private mutating func place(environment: Int64, run: Int64) -> Place {
        let place = Place(environment: environment, input: inputOfRun[run] ?? 0)
        if sums[place] == nil {
            let latest = runs[run] ?? Run(number: run, place: place, source: "")
            sums[place] = Sum(latest: latest, lastRun: run)
            order.append(place)
        }
        return place
    }

    mutating func addOpenRows(_ database: Database) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, environment, run, state, \(hasSeen ? "seen" : "NULL"), updated_ms,
                    \(hasSeen ? LinkDoubt.isInDoubt : "0")
                FROM links WHERE state <> \(LinkState.linked.code) AND state <> \(LinkState.alreadyLinked.code)
                """
        )
        while let row = try rows.next() {
            guard let state = LinkState(code: try row.decode(atIndex: 3)) else { throw UnreadableValue() }
            let run: Int64 = try row.decode(atIndex: 2)
            let seen: Int64? = try row.decode(atIndex: 4)
            let place = place(environment: try row.decode(atIndex: 1), run: run)
            let last = max(run, seen ?? 0)
            let isUndoneSince =
                try state == .undone && row.decode(Int64.self, atIndex: 5) >= sums[place]?.whole?.ended ?? .max
            if isUndoneSince { sums[place]?.undoneSince += 1 }
            // A row in doubt is somebody's business wherever it stands.
            let isInDoubt: Bool = try row.decode(atIndex: 6)
            let isGone = last < sums[place]?.whole?.number ?? 0 && !isInDoubt && !isUndoneSince
            if isGone {
                gone.insert(Ticket(row: try row.decode(atIndex: 0)))
                sums[place]?.gone[state, default: 0] += 1
            } else {
                sums[place]?.open[state, default: 0] += 1
            }
        }
    }

    mutating func addLinkedRows(_ database: Database) throws {
        if order.count == 1, let whole = sums[order[0]]?.whole, whole.number == inputOfRun.keys.max() {
            let others = try Row.fetchAll(
                database,
                sql: "SELECT state, count(*) FROM links WHERE state <> \(LinkState.linked.code) GROUP BY state"
            )
            var linked = try Int.fetchOne(database, sql: "SELECT count(*) FROM links") ?? 0
            for row in others {
                let count: Int = try row.decode(atIndex: 1)
                linked -= count
                if try row.decode(atIndex: 0) == LinkState.alreadyLinked.code {
                    sums[order[0]]?.linked[.alreadyLinked] = count
                }
            }
            sums[order[0]]?.linked[.linked] = linked
            return
        }
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT environment, run, state, count(*) FROM links
                WHERE state IN (\(LinkState.linkedCodes)) GROUP BY environment, run, state
                """
        )
        for row in rows {
            guard let state = LinkState(code: try row.decode(atIndex: 2)) else { throw UnreadableValue() }
            let run: Int64 = try row.decode(atIndex: 1)
            let count: Int = try row.decode(atIndex: 3)
            let place = place(environment: try row.decode(atIndex: 0), run: run)
            sums[place]?.linked[state, default: 0] += count
            if let whole = sums[place]?.whole, run > whole.number { sums[place]?.linkedSince += count }
        }
    }

    mutating func addInvalidRows(_ database: Database) throws {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT input, lower(environment), count(*) FROM invalid_rows GROUP BY input, lower(environment)"
        )
        for row in rows {
            let input: Int64 = try row.decode(atIndex: 0)
            let environment: String? = try row.decode(atIndex: 1)
            let number = environment.flatMap { uuid in environments.first { $0.value.lowercased() == uuid }?.key }
            let place = order.first { $0.input == input && number ?? $0.environment == $0.environment }
            if let place { sums[place]?.invalid += try row.decode(atIndex: 2) }
        }
    }

    var records: [InputRecord] {
        order.compactMap { place in
            guard let sum = sums[place] else { return nil }
            var counts = sum.open
            counts[.invalid] = sum.invalid
            var gone = sum.gone
            let stored = sum.linked.values.reduce(0, +)
            // As its last run saw it, with what has been linked since; without such a run all there are.
            let linked =
                (sum.whole?.counts).map { counts in
                    let seen = max(0, counts.linked + sum.linkedSince - sum.undoneSince)
                    return min(seen, max(stored, counts.linked))
                } ?? stored
            let already = min(sum.linked[.alreadyLinked, default: 0], linked)
            (counts[.linked], counts[.alreadyLinked]) = (linked - already, already)
            gone[.linked] = max(0, stored - linked)
            return InputRecord(
                environmentID: environments[place.environment] ?? "",
                host: sum.latest.host,
                source: sum.latest.source,
                counts: counts.filter { $0.value > 0 },
                unsent: unsent(sum, rows: counts.values.reduce(0, +)),
                gone: gone.filter { $0.value > 0 },
                lastRun: sum.lastRun
            )
        }
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
