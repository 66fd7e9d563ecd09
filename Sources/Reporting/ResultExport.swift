import JSON
package import Ledger

/// A ledger's results for other programs, in the columns of the view `results`.
package enum ResultExport {
    package static let columns = [
        "key", "line", "source", "user_id", "external_id", "identity_provider_id", "state", "evidence",
        "linked_account_id", "http_status", "error_code", "error_detail", "error_id", "correlation_id", "attempts",
        "posts", "latency_ms", "run_id", "updated_at",
    ]

    /// Writes all results in these states, in fixed memory.
    ///
    /// - Parameters:
    ///   - reader: the ledger.
    ///   - format: CSV begins with a header.
    ///   - states: the words of states, as the column has them; nil means all.
    ///   - write: takes the next bytes.
    /// - Throws: `LedgerError`, or what `write` throws.
    package static func write(
        _ reader: any LedgerReader,
        format: RecordFormat,
        states: Set<String>?,
        to write: ([UInt8]) throws -> Void
    ) throws {
        var writer = RecordWriter(format: format, columns: columns)
        let codes = states.map { words in Set(LinkState.allCases.filter { !words.isDisjoint(with: $0.words) }) }
        try reader.forEachResult(states: codes) { row in
            guard states?.contains(row.stateWord) ?? true else { return }
            try writer.append(values(of: row), to: write)
        }
        try writer.finish(to: write)
    }

    private static func values(of row: ResultRow) -> [JSONValue] {
        [
            .string(row.key), JSONValue(row.line), .string(row.source), JSONValue(row.userID),
            JSONValue(row.externalID), JSONValue(row.identityProviderID), .string(row.stateWord),
            JSONValue(row.evidence?.rawValue), JSONValue(row.linkedAccountID), JSONValue(row.httpStatus),
            JSONValue(row.errorCode), JSONValue(row.errorDetail), JSONValue(row.errorID),
            JSONValue(row.correlationID), JSONValue(row.attempts), JSONValue(row.posts),
            JSONValue(row.latencyMilliseconds), .string(row.runID), .string(row.updatedAt),
        ]
    }
}
