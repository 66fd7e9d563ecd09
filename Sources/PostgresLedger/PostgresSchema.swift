/// The tables and views of a ledger in a database, and how an older schema becomes a current one.
///
/// `results` and `runs` are public, with the columns that they have in a file. Everything else is ours. Times are
/// milliseconds since 1970 by the database's clock, the codes those of the states.
enum PostgresSchema {
    /// The format that this program writes: the number of migrations.
    static let version = migrations.count

    /// In order and for ever: once released, a migration is not edited, another one is added. Each runs in the ledger's own
    /// schema.
    static let migrations = [tables1 + views1]

    /// `links.owner` is the process that has the row in hand: nobody else may send or settle it while that one is alive.
    /// `processes.lease_until` is moved on by its process for as long as it lives; `is_over` is set by who takes its rows.
    /// `shared_pace` has one row that is replaced many times a second: it stays within its page, where that leaves no trace.
    private static let tables1 = """
        CREATE TABLE meta (name text PRIMARY KEY, value bigint NOT NULL);
        CREATE TABLE environments (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, uuid text NOT NULL);
        CREATE UNIQUE INDEX environments_by_uuid ON environments (lower(uuid));
        CREATE TABLE identity_providers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, uuid text NOT NULL);
        CREATE UNIQUE INDEX identity_providers_by_uuid ON identity_providers (lower(uuid));
        CREATE TABLE inputs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
        CREATE TABLE processes (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, host text NOT NULL, pid integer NOT NULL,
            task text, started_at timestamptz NOT NULL DEFAULT clock_timestamp(), lease_until timestamptz NOT NULL,
            is_over boolean NOT NULL DEFAULT false, rows_per_second double precision
        );
        CREATE INDEX processes_alive ON processes (id) WHERE NOT is_over;
        CREATE TABLE run_records (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run_id text NOT NULL UNIQUE, kind smallint NOT NULL,
            process bigint NOT NULL, started_ms bigint NOT NULL, ended_ms bigint, source text NOT NULL, input bigint NOT NULL,
            part smallint NOT NULL DEFAULT 0, environment bigint, host text, source_sha256 text, rows bigint,
            exit_code integer, stopped_by text, linked bigint, repeated bigint, unsent bigint, fingerprint bigint
        );
        CREATE TABLE links (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key_hash bigint NOT NULL, environment bigint NOT NULL,
            provider bigint NOT NULL, user_id text NOT NULL, external_id text NOT NULL, content bigint NOT NULL,
            line bigint NOT NULL, run bigint NOT NULL, state smallint NOT NULL, updated_ms bigint NOT NULL,
            attempts integer NOT NULL DEFAULT 0, posts integer NOT NULL DEFAULT 0, evidence smallint, doubt smallint,
            http_status integer, latency_ms bigint, linked_account_id text, error_code text, error_detail text,
            error_fact smallint, error_id text, correlation_id text, user_alias bigint, seen bigint, owner bigint
        ) WITH (fillfactor = 80);
        CREATE INDEX links_by_key ON links (key_hash);
        CREATE INDEX links_not_linked ON links (state) WHERE state <> 1;
        CREATE INDEX links_by_alias ON links (user_alias) WHERE user_alias IS NOT NULL;
        CREATE TABLE invalid_rows (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, input bigint NOT NULL, line bigint NOT NULL,
            run bigint NOT NULL, content bigint NOT NULL, environment text, user_id text, provider text, external_id text,
            error_code text NOT NULL, error_detail text NOT NULL, error_fact smallint, error_column text,
            updated_ms bigint NOT NULL, UNIQUE (input, line)
        );
        CREATE INDEX invalid_rows_by_content ON invalid_rows (content);
        CREATE TABLE verifications (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, environment bigint NOT NULL, started_ms bigint NOT NULL,
            ended_ms bigint, last_run bigint NOT NULL
        );
        CREATE TABLE checks (link bigint PRIMARY KEY, result smallint NOT NULL, found_external_id text);
        CREATE TABLE extra_links (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, link bigint NOT NULL, provider text NOT NULL,
            external_id text NOT NULL, linked_account_id text NOT NULL
        );
        CREATE INDEX extra_links_by_link ON extra_links (link);
        CREATE TABLE verification_order (place bigint PRIMARY KEY, link bigint NOT NULL);
        CREATE TABLE pace (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run bigint NOT NULL, at_ms bigint NOT NULL,
            rate double precision NOT NULL, paused_from_ms bigint, paused_until_ms bigint, requests bigint NOT NULL,
            throttled bigint NOT NULL, held double precision, is_limit boolean NOT NULL DEFAULT false
        );
        CREATE TABLE run_warnings (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run bigint NOT NULL, kind text NOT NULL,
            count bigint NOT NULL, first_line bigint, names text NOT NULL
        );
        CREATE TABLE shared_pace (
            environment text PRIMARY KEY, version bigint NOT NULL, state text NOT NULL,
            changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
        ) WITH (fillfactor = 30);
        ALTER TABLE shared_pace ALTER COLUMN state SET STORAGE MAIN;

        """

    private static func time(_ milliseconds: String) -> String {
        "to_char(to_timestamp(\(milliseconds) / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
    }

    /// The evidence of a row that is being sent again is that of an earlier link, so it is not shown. An invalid row has no
    /// key of its own, for several may share one; its place in its input stands for it.
    private static let views1 = """
        CREATE VIEW link_results AS SELECT
            lower(e.uuid) || '/' || lower(l.user_id) || '/' || lower(p.uuid) || '/' || l.external_id AS key,
            l.line AS line, r.source AS source, l.user_id AS user_id, l.external_id AS external_id,
            p.uuid AS identity_provider_id,
            CASE l.state WHEN 1 THEN CASE WHEN r.kind = 3 THEN 'unlinked' ELSE 'linked' END
                WHEN 2 THEN CASE WHEN r.kind = 3 THEN 'not-linked' ELSE 'already-linked' END WHEN 3 THEN 'rejected'
                WHEN 5 THEN 'failed' WHEN 6 THEN 'unsettled' WHEN 7 THEN 'intended' WHEN 8 THEN 'undone' END AS state,
            CASE WHEN l.state = 7 THEN NULL WHEN l.evidence = 1 THEN 'reply'
                WHEN l.evidence = 2 THEN 'read-back' END AS evidence,
            l.linked_account_id AS linked_account_id, l.http_status AS http_status, l.error_code AS error_code,
            l.error_detail AS error_detail, l.error_id AS error_id, l.correlation_id AS correlation_id,
            l.attempts AS attempts, l.posts AS posts, l.latency_ms AS latency_ms, r.run_id AS run_id,
            \(time("l.updated_ms")) AS updated_at,
            l.id AS row, l.state AS state_code, e.uuid AS environment_id, l.doubt AS doubt, l.error_fact AS error_fact,
            NULL::text AS error_column
        FROM links AS l JOIN environments AS e ON e.id = l.environment
            JOIN identity_providers AS p ON p.id = l.provider JOIN run_records AS r ON r.id = l.run;
        CREATE VIEW invalid_results AS SELECT
            'invalid/' || i.input || '/' || i.line AS key,
            i.line AS line, r.source AS source, i.user_id AS user_id, i.external_id AS external_id,
            i.provider AS identity_provider_id, 'invalid'::text AS state, NULL::text AS evidence,
            NULL::text AS linked_account_id, NULL::integer AS http_status, i.error_code AS error_code,
            i.error_detail AS error_detail, NULL::text AS error_id, NULL::text AS correlation_id, 0 AS attempts, 0 AS posts,
            NULL::bigint AS latency_ms, r.run_id AS run_id, \(time("i.updated_ms")) AS updated_at,
            NULL::bigint AS row, 4::smallint AS state_code, i.environment AS environment_id, i.input AS input,
            NULL::smallint AS doubt, i.error_fact AS error_fact, i.error_column AS error_column
        FROM invalid_rows AS i JOIN run_records AS r ON r.id = i.run;
        CREATE VIEW results AS SELECT \(resultColumns) FROM link_results
            UNION ALL SELECT \(resultColumns) FROM invalid_results;
        CREATE VIEW runs AS SELECT run_id, \(time("started_ms")) AS started_at, \(time("ended_ms")) AS ended_at,
            source, source_sha256, rows, exit_code, stopped_by FROM run_records ORDER BY id;

        """

    private static let resultColumns = """
        key, line, source, user_id, external_id, identity_provider_id, state, evidence, linked_account_id, http_status, \
        error_code, error_detail, error_id, correlation_id, attempts, posts, latency_ms, run_id, updated_at
        """

    /// The clock that all processes agree on, in milliseconds since 1970.
    static let now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
}

extension PostgresSchema {
    /// What a database turned out to hold in the schema.
    enum Contents: Equatable {
        case nothing
        case ledger(version: Int, salt: UInt64)
        /// There are tables, but they are no ledger's.
        case foreign
    }

    /// Looks without changing anything.
    static func inspect(_ connection: PostgresConnection, schema: String) throws(PostgresError) -> Contents {
        let mayUse = try connection.query(
            "SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = $1",
            .text(schema)
        )
        // Tables that one may not see would be made anew, in the folder for temporary ones.
        if let row = mayUse.first, try !row.bool(0) {
            throw .refused(state: "42501", reason: "permission denied for schema \(schema)")
        }
        let tables = try connection.query(
            """
            SELECT count(*), count(*) FILTER (WHERE c.relname = 'meta') FROM pg_class AS c
                JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v')
            """,
            .text(schema)
        )
        guard let found = tables.first, try found.int(0) > 0 else { return .nothing }
        guard try found.int(1) > 0 else { return .foreign }
        let meta = try connection.query(
            "SELECT name, value FROM meta WHERE name IN ('pinglink_format', 'content_salt')"
        )
        var values: [String: Int64] = [:]
        for index in 0..<meta.count { values[try meta.row(index).text(0)] = try meta.row(index).integer(1) }
        guard let version = values["pinglink_format"], let salt = values["content_salt"] else { return .foreign }
        return .ledger(version: Int(version), salt: UInt64(bitPattern: salt))
    }

    /// Makes the schema where there is none, and brings an older one up to date, in one transaction: of several processes
    /// that begin at once, one does it.
    static func migrate(_ connection: PostgresConnection, _ address: PostgresAddress, salt: UInt64)
        throws(PostgresError)
    {
        try connection.run("BEGIN")
        try connection.query(
            "SELECT pg_advisory_xact_lock(hashtextextended('pinglink migration ' || $1, 0))",
            .text(address.schema)
        )
        let found: Int
        switch try inspect(connection, schema: address.schema) {
        case .foreign: return try connection.run("ROLLBACK")
        case .nothing:
            let exists = try connection.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", .text(address.schema))
            if exists.count == 0 { try connection.run("CREATE SCHEMA \(address.quotedSchema)") }
            found = 0
        case .ledger(let version, _): found = version
        }
        if found < version {
            for migration in migrations[found...] { try connection.run(migration) }
            if found == 0 {
                try connection.query(
                    "INSERT INTO meta (name, value) VALUES ('content_salt', $1)",
                    PostgresValue(Int64(bitPattern: salt))
                )
            }
            try connection.query(
                """
                INSERT INTO meta (name, value) VALUES ('pinglink_format', $1)
                    ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """,
                PostgresValue(version)
            )
        }
        try connection.run("COMMIT")
    }
}
