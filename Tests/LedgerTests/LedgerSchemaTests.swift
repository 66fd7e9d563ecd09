import Foundation
import GRDB
import Ledger
import LedgerTestKit
import SQLiteTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("The tables, indexes and views of a ledger in a file")
struct LedgerSchemaTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("the view results has exactly its public columns, in order")
    func resultColumns() throws {
        try openRun(folder.ledger).finish()
        #expect(
            try columns(of: "results") == [
                "key", "line", "source", "user_id", "external_id", "identity_provider_id", "state", "evidence",
                "linked_account_id", "http_status", "error_code", "error_detail", "error_id", "correlation_id",
                "attempts", "posts", "latency_ms", "run_id", "updated_at",
            ]
        )
    }

    @Test("the view runs has exactly its public columns, in order")
    func runColumns() throws {
        try openRun(folder.ledger).finish()
        #expect(
            try columns(of: "runs") == [
                "run_id", "started_at", "ended_at", "source", "source_sha256", "rows", "exit_code", "stopped_by",
            ]
        )
    }

    @Test("no table has a column in which an attribute value could be")
    func tableColumns() throws {
        try openRun(folder.ledger).finish()
        #expect(
            try columns(of: "links") == [
                "id", "key_hash", "environment", "provider", "user_id", "external_id", "content", "line", "run",
                "state", "updated_ms", "attempts", "posts", "evidence", "http_status", "latency_ms",
                "linked_account_id", "error_code", "error_detail", "error_id", "correlation_id",
                "user_alias", "doubt", "seen", "error_fact",
            ]
        )
        #expect(
            try columns(of: "invalid_rows") == [
                "id", "input", "line", "run", "content", "environment", "user_id", "provider", "external_id",
                "error_code", "error_detail", "updated_ms", "error_fact", "error_column",
            ]
        )
        #expect(try columns(of: "checks") == ["link", "result", "found_external_id"])
        #expect(
            try columns(of: "extra_links") == ["id", "link", "provider", "external_id", "linked_account_id"]
        )
        let tables = try rows(folder.ledger, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        #expect(
            tables.compactMap { $0["name"] } == [
                "checks", "environments", "extra_links", "identity_providers", "inputs", "invalid_rows", "links",
                "meta",
                "pace", "run_records", "run_warnings", "verifications",
            ]
        )
    }

    @Test("the look-up of a key uses its narrow index, and the count of the linked never reads a row")
    func plans() throws {
        try openRun(folder.ledger).finish()
        let find = try rows(
            folder.ledger,
            """
            EXPLAIN QUERY PLAN SELECT id FROM links WHERE key_hash = 1 AND external_id = '' \
            AND user_id = '' COLLATE NOCASE AND environment = 1 AND provider = 1
            """
        )
        #expect(find.compactMap { $0["detail"] } == ["SEARCH links USING INDEX links_by_key (key_hash=?)"])
        let alias = try rows(
            folder.ledger,
            """
            EXPLAIN QUERY PLAN SELECT id FROM links WHERE user_alias = 1 AND external_id = '' AND environment = 1 \
            AND provider = 1 ORDER BY updated_ms DESC, id DESC LIMIT 1
            """
        )
        #expect(alias.first?["detail"] == "SEARCH links USING INDEX links_by_alias (user_alias=?)")
        let count = try rows(
            folder.ledger,
            "EXPLAIN QUERY PLAN SELECT state, count(*) FROM links WHERE state <> 1 GROUP BY state"
        )
        #expect(count.compactMap { $0["detail"] } == ["SCAN links USING COVERING INDEX links_not_linked"])
    }

    @Test("the file is in WAL mode and every commit reaches the disk")
    func durability() throws {
        let ledger = try openRun(folder.ledger)
        let (journal, synchronous) = try ledger.committer.connection.read { database in
            (
                try String.fetchOne(database, sql: "PRAGMA journal_mode"),
                try Int.fetchOne(database, sql: "PRAGMA synchronous")
            )
        }
        #expect(journal == "wal")
        #expect(synchronous == 2)
    }

    @Test("state and evidence are shown as they are called, whatever their number", arguments: LinkState.allCases)
    func stateTexts(state: LinkState) throws {
        #expect(LinkState(code: state.code) == state)
        let ledger = try openRun(folder.ledger)
        _ = try ledger.ticket(candidate(1))
        guard state != .invalid else { return }
        try execute(folder.ledger, "UPDATE links SET state = \(state.code)")
        #expect(try results(folder.ledger)[0]["state"] == state.rawValue)
    }

    @Test("a killed creation is completed: a file that SQLite has begun but nobody has filled becomes a ledger")
    func unfinishedCreation() throws {
        try execute(folder.ledger, "PRAGMA journal_mode = WAL")
        #expect(openingError(folder.ledger) == nil)
    }

    private func columns(of table: String) throws -> [String] {
        try rows(folder.ledger, "SELECT name FROM pragma_table_info('\(table)') ORDER BY cid").compactMap { $0["name"] }
    }
}
