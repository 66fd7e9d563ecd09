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
        var search = HeldRateSearch(since: since)
        while let sample = try samples.next(),
            search.take(
                at: try sample.decode(atIndex: 0),
                held: try sample.decode(atIndex: 1),
                isLimit: try sample.decode(atIndex: 2)
            )
        {}
        return search.rates
    }

    /// The samples of each run by its number, in the order in which they were taken, without what was held; none in a
    /// ledger of a version that has not kept them.
    func all() throws -> [Int64: [PaceSample]] {
        guard try database.tableExists("pace") else { return [:] }
        var samples: [Int64: [PaceSample]] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT at_ms, rate, paused_from_ms, paused_until_ms, requests, throttled, run FROM pace ORDER BY id"
        )
        while let row = try rows.next().map(SQLiteRow.init) {
            samples[try row.integer(6), default: []].append(try PaceSample(row))
        }
        return samples
    }
}
