import FoundationEssentials
import GRDB
import Ledger

/// The statements on `pace`.
struct PaceTable {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// `run`: nil outside of runs, where there is no pace to know of.
    func insert(_ sample: PaceSample, run: Int64?) throws {
        guard let run else { return }
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO pace (run, at_ms, rate, paused_from_ms, paused_until_ms, requests, throttled, held, is_limit)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(arguments: [
            run, sample.at.millisecondsSince1970, sample.rate, sample.pause?.lowerBound.millisecondsSince1970,
            sample.pause?.upperBound.millisecondsSince1970, sample.requests, sample.throttled, sample.held,
            sample.heldIsLimit,
        ])
    }

    /// What the last runs in an environment have held since a day.
    func held(inEnvironment environment: String, since: Date) throws -> HeldRates? {
        // The latest first, and no further than to `since`: there may be years before.
        let samples = try Row.fetchCursor(
            database,
            sql: """
                SELECT p.at_ms, p.held, p.is_limit FROM pace AS p
                    CROSS JOIN run_records AS r ON r.id = p.run
                    CROSS JOIN environments AS e ON e.id = r.environment
                WHERE e.uuid = ? COLLATE NOCASE ORDER BY p.id DESC
                """,
            arguments: [environment]
        )
        var rates: HeldRates?
        while let sample = try samples.next(), try sample.decode(atIndex: 0) >= since.millisecondsSince1970 {
            guard let held: Double = try sample.decode(atIndex: 1) else { continue }
            if rates == nil { rates = HeldRates(last: held) }
            if try sample.decode(atIndex: 2) {
                rates?.limit = held
                break
            }
        }
        return rates
    }

    /// The samples of each run by its number, in the order in which they were taken, without what was held; none in a
    /// ledger of a version that has not kept them.
    func all() throws -> [Int64: [PaceSample]] {
        guard try database.tableExists("pace") else { return [:] }
        var samples: [Int64: [PaceSample]] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT run, at_ms, rate, paused_from_ms, paused_until_ms, requests, throttled FROM pace ORDER BY id"
        )
        while let row = try rows.next() {
            let from: Int64? = try row.decode(atIndex: 3)
            let until: Int64? = try row.decode(atIndex: 4)
            let sample = try PaceSample(
                at: Date(millisecondsSince1970: row.decode(atIndex: 1)),
                rate: row.decode(atIndex: 2),
                pause: from.flatMap { from in until.flatMap { Self.pause(from, $0) } },
                requests: row.decode(atIndex: 5),
                throttled: row.decode(atIndex: 6)
            )
            samples[try row.decode(atIndex: 0), default: []].append(sample)
        }
        return samples
    }

    private static func pause(_ from: Int64, _ until: Int64) -> ClosedRange<Date>? {
        from <= until ? Date(millisecondsSince1970: from)...Date(millisecondsSince1970: until) : nil
    }
}
