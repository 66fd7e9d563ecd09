import GRDB
import Ledger

/// The tables and views of a ledger, and how an older file becomes a current one.
///
/// `results` and `runs` are public: people and scripts read them with any SQLite client. Everything else is ours.
enum LedgerSchema {
    /// "PLNK", which tells our files from other programs' databases.
    static let applicationID = 0x504C_4E4B

    /// The format that this program writes: the number of migrations.
    static let version = migrations.count

    /// What a database file turned out to be.
    enum Contents: Equatable {
        case empty
        case ledger(version: Int)
        case foreign
    }

    /// Looks without changing anything.
    static func inspect(_ database: Database) throws -> Contents {
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if application == applicationID { return .ledger(version: version) }
        let objects = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        return application == 0 && version == 0 && objects == 0 ? .empty : .foreign
    }

    /// Brings the file from version `found` to `target` in one transaction; a process killed meanwhile changes nothing.
    static func migrate(_ database: Database, from found: Int, to target: Int = version, salt: UInt64) throws {
        guard found < target else { return }
        try database.inTransaction(.immediate) {
            for migration in migrations[found..<target] { try migration(database) }
            if found == 0 {
                try database.execute(
                    sql: "INSERT INTO meta (name, value) VALUES ('content_salt', ?)",
                    arguments: [Int64(bitPattern: salt)]
                )
            }
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(target)")
            return .commit
        }
    }

    /// In order and for ever: once released, a migration is not edited, another one is added.
    private static let migrations: [@Sendable (Database) throws -> Void] = [
        { database in try database.execute(sql: tables1 + linkView1 + invalidView1 + resultsView1 + runsView1) },
        { database in try database.execute(sql: userAliases2) },
        { database in try database.execute(sql: verificationTables) },
        { database in try database.execute(sql: paceTable) },
        { database in try database.execute(sql: runFingerprint5) },
        { database in try database.execute(sql: facts6) },
        { database in
            try database.execute(sql: inputs7)
            try rehash7(database)
        },
        { database in try database.execute(sql: heldRates8) },
        { database in
            try database.execute(
                sql: "DROP VIEW IF EXISTS results; DROP VIEW IF EXISTS link_results;" + linkView9 + resultsView1
            )
        },
        { database in try database.execute(sql: facts10 + linkView10 + invalidView10 + resultsView1) },
    ]

    /// `links` is written in append order; only `links_by_key` is touched at random, so it is as narrow as can be.
    /// `links_not_linked` holds the rows that people ask about and, for a moment, those in flight, but not the millions
    /// that are linked. Times are milliseconds since 1970.
    private static let tables1 = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE environments (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE COLLATE NOCASE) STRICT;
        CREATE TABLE identity_providers (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE COLLATE NOCASE) STRICT;
        CREATE TABLE inputs (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE run_records (
            id INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, started_ms INTEGER NOT NULL, ended_ms INTEGER,
            source TEXT NOT NULL, input INTEGER NOT NULL, source_sha256 TEXT, rows INTEGER, exit_code INTEGER,
            stopped_by TEXT
        ) STRICT;
        CREATE TABLE links (
            id INTEGER PRIMARY KEY, key_hash INTEGER NOT NULL, environment INTEGER NOT NULL, provider INTEGER NOT NULL,
            user_id TEXT NOT NULL, external_id TEXT NOT NULL, content INTEGER NOT NULL, line INTEGER NOT NULL,
            run INTEGER NOT NULL, state INTEGER NOT NULL, updated_ms INTEGER NOT NULL, attempts INTEGER NOT NULL,
            posts INTEGER NOT NULL, evidence INTEGER, http_status INTEGER, latency_ms INTEGER, linked_account_id TEXT,
            error_code TEXT, error_detail TEXT, error_id TEXT, correlation_id TEXT
        ) STRICT;
        CREATE INDEX links_by_key ON links (key_hash);
        CREATE INDEX links_not_linked ON links (state) WHERE state <> 1;
        CREATE TABLE invalid_rows (
            id INTEGER PRIMARY KEY, input INTEGER NOT NULL, line INTEGER NOT NULL, run INTEGER NOT NULL,
            content INTEGER NOT NULL, environment TEXT, user_id TEXT, provider TEXT, external_id TEXT,
            error_code TEXT NOT NULL, error_detail TEXT NOT NULL, updated_ms INTEGER NOT NULL, UNIQUE (input, line)
        ) STRICT;
        CREATE INDEX invalid_rows_by_content ON invalid_rows (content);

        """

    /// The evidence of a row that is being sent again is that of an earlier link, so it is not shown.
    private static let linkView1 = linkView(linked: "'linked'", alreadyLinked: "'already-linked'")

    /// What is done in a run of `unlink` has words of its own.
    private static let linkView9 = linkView(
        linked: "iif(r.kind = 3, 'unlinked', 'linked')",
        alreadyLinked: "iif(r.kind = 3, 'not-linked', 'already-linked')"
    )

    private static let linkView10 = linkView(
        linked: "iif(r.kind = 3, 'unlinked', 'linked')",
        alreadyLinked: "iif(r.kind = 3, 'not-linked', 'already-linked')",
        facts: ", l.doubt AS doubt, l.error_fact AS error_fact, NULL AS error_column"
    )

    private static func linkView(linked: String, alreadyLinked: String, facts: String = "") -> String {
        """
        CREATE VIEW link_results AS SELECT
            lower(e.uuid) || '/' || lower(l.user_id) || '/' || lower(p.uuid) || '/' || l.external_id AS key,
            l.line AS line, r.source AS source, l.user_id AS user_id, l.external_id AS external_id,
            p.uuid AS identity_provider_id,
            CASE l.state WHEN 1 THEN \(linked) WHEN 2 THEN \(alreadyLinked) WHEN 3 THEN 'rejected'
                WHEN 5 THEN 'failed' WHEN 6 THEN 'unsettled' WHEN 7 THEN 'intended' WHEN 8 THEN 'undone' END AS state,
            CASE WHEN l.state = 7 THEN NULL WHEN l.evidence = 1 THEN 'reply'
                WHEN l.evidence = 2 THEN 'read-back' END AS evidence,
            l.linked_account_id AS linked_account_id, l.http_status AS http_status, l.error_code AS error_code,
            l.error_detail AS error_detail, l.error_id AS error_id, l.correlation_id AS correlation_id,
            l.attempts AS attempts, l.posts AS posts, l.latency_ms AS latency_ms, r.run_id AS run_id,
            strftime('%Y-%m-%dT%H:%M:%S', l.updated_ms / 1000, 'unixepoch')
                || printf('.%03dZ', l.updated_ms % 1000) AS updated_at,
            l.id AS row, l.state AS state_code, e.uuid AS environment_id\(facts)
        FROM links AS l
            CROSS JOIN environments AS e ON e.id = l.environment
            CROSS JOIN identity_providers AS p ON p.id = l.provider
            CROSS JOIN run_records AS r ON r.id = l.run;

        """
    }

    /// An invalid row has no key of its own, for several may share one; its place in its input stands for it.
    private static let invalidView1 = invalidView()

    private static let invalidView10 = invalidView(
        facts: ", NULL AS doubt, i.error_fact AS error_fact, i.error_column AS error_column"
    )

    private static func invalidView(facts: String = "") -> String {
        """
        CREATE VIEW invalid_results AS SELECT
            'invalid/' || i.input || '/' || i.line AS key,
            i.line AS line, r.source AS source, i.user_id AS user_id, i.external_id AS external_id,
            i.provider AS identity_provider_id, 'invalid' AS state, NULL AS evidence, NULL AS linked_account_id,
            NULL AS http_status, i.error_code AS error_code, i.error_detail AS error_detail, NULL AS error_id,
            NULL AS correlation_id, 0 AS attempts, 0 AS posts, NULL AS latency_ms, r.run_id AS run_id,
            strftime('%Y-%m-%dT%H:%M:%S', i.updated_ms / 1000, 'unixepoch')
                || printf('.%03dZ', i.updated_ms % 1000) AS updated_at,
            NULL AS row, 4 AS state_code, i.environment AS environment_id, i.input AS input\(facts)
        FROM invalid_rows AS i CROSS JOIN run_records AS r ON r.id = i.run;

        """
    }

    private static let resultsView1 = """
        CREATE VIEW results AS
            SELECT \(resultColumns1) FROM link_results UNION ALL SELECT \(resultColumns1) FROM invalid_results;

        """

    private static let runsView1 = """
        CREATE VIEW runs AS SELECT
            run_id,
            strftime('%Y-%m-%dT%H:%M:%S', started_ms / 1000, 'unixepoch')
                || printf('.%03dZ', started_ms % 1000) AS started_at,
            strftime('%Y-%m-%dT%H:%M:%S', ended_ms / 1000, 'unixepoch')
                || printf('.%03dZ', ended_ms % 1000) AS ended_at,
            source, source_sha256, rows, exit_code, stopped_by
        FROM run_records ORDER BY id;
        """

    private static let resultColumns1 = """
        key, line, source, user_id, external_id, identity_provider_id, state, evidence, linked_account_id, http_status, \
        error_code, error_detail, error_id, correlation_id, attempts, posts, latency_ms, run_id, updated_at
        """

    /// A fingerprint of the name that the input gives a link's user instead of the id, and the way to the link from there.
    /// The name itself is somebody's, and is not kept.
    private static let userAliases2 = """
        ALTER TABLE links ADD COLUMN user_alias INTEGER;
        CREATE INDEX links_by_alias ON links (user_alias) WHERE user_alias IS NOT NULL;
        """

    /// What `verify` has found: of each link the last look at it, and links that no row accounts for. `link` is a row of
    /// `links`; for `extra_links` one of the same user.
    private static let verificationTables = """
        CREATE TABLE verifications (
            id INTEGER PRIMARY KEY, environment INTEGER NOT NULL, started_ms INTEGER NOT NULL, ended_ms INTEGER,
            last_run INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE checks (link INTEGER PRIMARY KEY, result INTEGER NOT NULL, found_external_id TEXT) STRICT;
        CREATE TABLE extra_links (
            id INTEGER PRIMARY KEY, link INTEGER NOT NULL, provider TEXT NOT NULL, external_id TEXT NOT NULL,
            linked_account_id TEXT NOT NULL
        ) STRICT;
        CREATE INDEX extra_links_by_link ON extra_links (link);
        """

    /// How fast runs were permitted to be: at most a row a second. Requests and 429 answers are those since the run began.
    private static let paceTable = """
        CREATE TABLE pace (
            id INTEGER PRIMARY KEY, run INTEGER NOT NULL, at_ms INTEGER NOT NULL, rate REAL NOT NULL,
            paused_from_ms INTEGER, paused_until_ms INTEGER, requests INTEGER NOT NULL, throttled INTEGER NOT NULL
        ) STRICT;
        """

    /// How the input of a run was read, for a run after which every row of that input was done; else none.
    private static let runFingerprint5 = "ALTER TABLE run_records ADD COLUMN fingerprint INTEGER"

    /// What a run does, and what is not known of a row: facts that stood in a name and in error codes before. A failed row
    /// that was posted may have been in doubt.
    private static let facts6 = """
        ALTER TABLE run_records ADD COLUMN kind INTEGER NOT NULL DEFAULT 1;
        UPDATE run_records SET kind = 2 WHERE input = (SELECT id FROM inputs WHERE name = 'undo');
        ALTER TABLE links ADD COLUMN doubt INTEGER;
        UPDATE links SET doubt = CASE error_code WHEN 'UNDO_UNSETTLED' THEN 3 WHEN 'REFUSED_UNREAD' THEN 2 ELSE 1 END
            WHERE state <> 1 AND (state = 6 OR state = 5 AND posts > 0);
        """

    /// What each run saw of its input, so that each input can be told as its last run saw it: `seen` is the last run in
    /// whose input a row stood that is not linked, the counts are those of the run's summary, `rows` is there from the
    /// beginning where a first reading has counted them. `names` are columns or attributes of the header, one a line.
    private static let inputs7 = """
        ALTER TABLE links ADD COLUMN seen INTEGER;
        ALTER TABLE run_records ADD COLUMN environment INTEGER;
        ALTER TABLE run_records ADD COLUMN host TEXT;
        ALTER TABLE run_records ADD COLUMN part INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE run_records ADD COLUMN linked INTEGER;
        ALTER TABLE run_records ADD COLUMN repeated INTEGER;
        ALTER TABLE run_records ADD COLUMN unsent INTEGER;
        CREATE TABLE run_warnings (
            id INTEGER PRIMARY KEY, run INTEGER NOT NULL, kind TEXT NOT NULL, count INTEGER NOT NULL, first_line INTEGER,
            names TEXT NOT NULL
        ) STRICT;
        """

    /// The rate that the run had kept to by then, and whether more was refused, for the runs after it.
    private static let heldRates8 = """
        ALTER TABLE pace ADD COLUMN held REAL;
        ALTER TABLE pace ADD COLUMN is_limit INTEGER NOT NULL DEFAULT 0;
        """

    /// What is known of a problem besides its code, and the column to blame: facts that stood in texts before.
    private static let facts10 = """
        ALTER TABLE links ADD COLUMN error_fact INTEGER;
        UPDATE links SET error_fact = \(linkFactOfText10) WHERE state <> 1 AND error_detail IS NOT NULL;
        ALTER TABLE invalid_rows ADD COLUMN error_fact INTEGER;
        ALTER TABLE invalid_rows ADD COLUMN error_column TEXT;
        UPDATE invalid_rows SET error_fact = \(invalidFactOfText10), error_column = \(columnOfText10);
        DROP VIEW results;
        DROP VIEW link_results;
        DROP VIEW invalid_results;

        """

    private static let linkFactOfText10 = """
        CASE WHEN error_detail LIKE '%not shown yet' THEN 3
            WHEN http_status = 400 AND error_detail LIKE 'UNIQUENESS_VIOLATION%' THEN 1 END
        """

    private static let invalidFactOfText10 = """
        CASE WHEN error_code = 'CLAIMED_FOR_TWO_USERS' AND error_detail LIKE '% in this ledger' THEN 4
            WHEN error_code = 'WRONG_FIELD_COUNT' AND error_detail LIKE '%still %' THEN 5
            WHEN error_detail LIKE '%user''s username %' OR error_detail LIKE '% username' THEN 6
            WHEN error_detail LIKE '%user''s email %' OR error_detail LIKE '% email' THEN 7
            WHEN error_detail LIKE '%user''s externalId %' OR error_detail LIKE '% externalId' THEN 8 END
        """

    private static let columnOfText10 = """
        CASE WHEN error_detail LIKE 'column "%": %'
            THEN substr(error_detail, 9, instr(error_detail, '": ') - 9) END
        """

    /// ``ResultQuery/facts`` of a ledger that is only read, and may be of an older format.
    static func facts(_ database: Database) throws -> String {
        guard try !database.hasColumn("error_fact", in: "links") else { return ResultQuery.facts }
        return """
            CASE error_code WHEN 'UNDO_UNSETTLED' THEN 3 END,
            CASE state_code WHEN 4 THEN \(invalidFactOfText10) ELSE \(linkFactOfText10) END,
            CASE state_code WHEN 4 THEN \(columnOfText10) END
            """
    }

    /// Brings the links of one account together in the index.
    private static func rehash7(_ database: Database) throws {
        try database.execute(sql: "DROP INDEX links_by_key")
        let update = try database.makeStatement(sql: "UPDATE links SET key_hash = ? WHERE id = ?")
        let links = try Row.fetchCursor(
            database,
            sql: """
                SELECT l.id, e.uuid, l.user_id, p.uuid, l.external_id FROM links AS l
                    CROSS JOIN environments AS e ON e.id = l.environment
                    CROSS JOIN identity_providers AS p ON p.id = l.provider
                """
        )
        while let link = try links.next() {
            let key = try LinkKey(
                environment: link.decode(atIndex: 1),
                userID: link.decode(atIndex: 2),
                identityProviderID: link.decode(atIndex: 3),
                externalID: link.decode(atIndex: 4)
            )
            let id: Int64 = try link.decode(atIndex: 0)
            try update.execute(arguments: [LinkKey.storedHash(key), id])
        }
        try database.execute(sql: "CREATE INDEX links_by_key ON links (key_hash)")
    }
}
