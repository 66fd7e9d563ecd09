package import Ledger

extension PostgresLedgerReader {
    /// - Complexity: the server reads each row twice and hands over one for each transaction and each latency.
    package func activity() throws(LedgerError) -> LedgerActivity {
        try read { connection in
            let runs = try connection.query(
                """
                SELECT id, run_id, started_ms, ended_ms, kind = \(RunKind.undoing.code) FROM run_records ORDER BY id
                """
            ).map { try ActivityTally.Run($0) }
            var tally = try ActivityTally(runs: runs, pace: Self.pace(connection), runsOverlap: true)
            try connection.forEach(
                """
                SELECT run, updated_ms, count(*) FROM links WHERE state IN (\(LinkState.settledCodes))
                GROUP BY run, updated_ms
                """
            ) { tally.note(settled: try $0.integer(1), ofRun: try $0.integer(0), rows: try $0.int(2)) }
            try connection.forEach(
                "SELECT latency_ms, count(*) FROM links WHERE latency_ms IS NOT NULL GROUP BY latency_ms"
            ) { tally.note(latency: try $0.int(0), rows: try $0.int(1)) }
            return tally.activity
        }
    }

    /// The samples of each run by its number, in the order in which they were taken, without what was held.
    private static func pace(_ connection: PostgresConnection) throws -> [Int64: [PaceSample]] {
        var samples: [Int64: [PaceSample]] = [:]
        try connection.forEach(
            "SELECT at_ms, rate, paused_from_ms, paused_until_ms, requests, throttled, run FROM pace ORDER BY id"
        ) { samples[try $0.integer(6), default: []].append(try PaceSample($0)) }
        return samples
    }
}
