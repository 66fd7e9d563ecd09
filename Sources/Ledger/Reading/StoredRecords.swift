import FoundationEssentials

extension RunRecord {
    /// The columns of the view `runs`, and the kind behind them.
    package init(_ row: some StoredRow) throws {
        guard let kind = RunKind(code: try row.int(8)) else { throw UnreadableValue() }
        try self.init(
            kind: kind,
            runID: row.text(0),
            startedAt: row.text(1),
            endedAt: row.optionalText(2),
            source: row.text(3),
            sourceSHA256: row.optionalText(4),
            rows: row.optionalInt(5),
            exitCode: row.optionalInt(6),
            stoppedBy: row.optionalText(7)
        )
    }
}

extension RunWarning {
    /// kind, count, first line, and the names, one a line.
    package init(_ row: some StoredRow) throws {
        try self.init(
            kind: row.text(0),
            count: row.int(1),
            firstLine: row.optionalInt(2),
            names: row.text(3).split(separator: "\n").map(String.init)
        )
    }
}

extension PaceSample {
    /// The time, the rate, beginning and end of a pause, requests, 429 answers; times in milliseconds since 1970. What was
    /// held is left out.
    package init(_ row: some StoredRow) throws {
        let from = try row.optionalInteger(2)
        let until = try row.optionalInteger(3)
        try self.init(
            at: Date(millisecondsSince1970: row.integer(0)),
            rate: row.double(1),
            pause: from.flatMap { from in until.flatMap { Self.pause(from, $0) } },
            requests: row.int(4),
            throttled: row.int(5)
        )
    }

    private static func pause(_ from: Int64, _ until: Int64) -> ClosedRange<Date>? {
        from <= until ? Date(millisecondsSince1970: from)...Date(millisecondsSince1970: until) : nil
    }
}

extension VerificationRecord {
    /// Beginning and end, in milliseconds since 1970, and the number of runs since.
    package init(_ row: some StoredRow, counts: [CheckResult: Int]) throws {
        try self.init(
            startedAt: Date(millisecondsSince1970: row.integer(0)),
            endedAt: row.optionalInteger(1).map(Date.init(millisecondsSince1970:)),
            counts: counts.filter { $0.value > 0 },
            laterRuns: row.int(2)
        )
    }
}
