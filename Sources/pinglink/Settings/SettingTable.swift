import CSVReading
import LinkImport
import LinkRows
import Pacing
import PingOneAPI
import PostgresLedger

/// The settings that a flag, a variable or the configuration file may give, in the order of listings. What is said here of
/// a setting, help, listings, files and checks go by; nothing is said of it elsewhere.
struct SettingTable: Sendable {
    let environment = Setting(
        uuid: SettingKey(
            "environment",
            "PINGONE_ENVIRONMENT_ID",
            value: "UUID",
            help: "Environment of the users."
        )
    )
    let idp = Setting(
        uuid: SettingKey(
            "idp",
            "PINGONE_IDENTITY_PROVIDER_ID",
            value: "UUID",
            help: "Identity provider, for mappings and for rows that name none; rows of a ledger name theirs."
        )
    )
    let region = Setting(
        SettingKey(
            "region",
            "PINGONE_REGION",
            "PINGONE_REGION_CODE",
            default: Region.northAmerica.rawValue,
            value: "R",
            help: "{default} (default), \(Self.regions.dropFirst().joined(separator: ", "))."
        ),
        expected: "one of \(Self.regions.joined(separator: ", "))",
        completion: .words(Self.regions)
    ) { Region(argument: $0) }
    let apiURL = Setting(
        text: SettingKey(
            "api-url",
            "PINGONE_API_URL",
            shown: .url,
            value: "URL",
            help: "Instead of https://api.pingone.<region>/v1."
        )
    )
    let authURL = Setting(
        text: SettingKey(
            "auth-url",
            "PINGONE_AUTH_URL",
            shown: .url,
            value: "URL",
            help: "Instead of https://auth.pingone.<region>; a custom domain ends in /as: https://login.example.com/as."
        )
    )
    let authEnvironment = Setting(
        uuid: SettingKey(
            "auth-environment",
            "PINGONE_AUTH_ENVIRONMENT_ID",
            value: "UUID",
            help: "Environment of the worker application, if it is another."
        )
    )
    let clientID = Setting(
        text: SettingKey("client-id", "PINGONE_CLIENT_ID", value: "ID", help: "Worker application.")
    )
    let clientSecretFile = Setting(
        path: SettingKey(
            "client-secret-file",
            value: "F",
            help: "File with its secret. [the secret itself: PINGONE_CLIENT_SECRET]"
        )
    )
    let clientSecret = Setting(text: SettingKey(secret: "client-secret", "PINGONE_CLIENT_SECRET"))
    let accessTokenFile = Setting(
        path: SettingKey(
            "access-token-file",
            value: "F",
            help: "File with a ready token, read anew when refused. [the token itself: PINGONE_ACCESS_TOKEN]"
        )
    )
    let accessTokenCommand = Setting(
        text: SettingKey(
            "access-token-command",
            "PINGLINK_ACCESS_TOKEN_COMMAND",
            shown: .command,
            value: "C",
            help: "Command of the shell that prints a ready token, run anew when that is refused."
        )
    )
    let accessToken = Setting(
        text: SettingKey(secret: "access-token", "PINGONE_ACCESS_TOKEN", "PINGONE_API_ACCESS_TOKEN")
    )
    let authMethod = Setting<ClientCredentials.Method>(
        choice: SettingKey(
            "auth-method",
            "PINGONE_AUTH_METHOD",
            default: "basic",
            value: "M",
            help: "How the application signs on: {default} (default), post, client-secret-jwt, private-key-jwt."
        )
    )
    let privateKeyFile = Setting(
        path: SettingKey(
            "private-key-file",
            "PINGONE_PRIVATE_KEY_FILE",
            value: "F",
            help: "Its private key for private-key-jwt: PEM, RSA or EC."
        )
    )
    let keyID = Setting(
        optional: SettingKey(
            "key-id",
            "PINGONE_KEY_ID",
            value: "K",
            help: "Id of that key, where PingOne has several."
        ),
        expected: "the id of the key in PingOne"
    ) { $0.isEmpty ? nil : $0 }
    let caFile = Setting(
        path: SettingKey("ca-file", "PINGLINK_CA_FILE", value: "F", help: "Extra trusted roots (PEM).")
    )
    let proxy = Setting(
        text: SettingKey(
            "proxy",
            shown: .url,
            value: "URL",
            help: "Proxy. [HTTPS_PROXY, NO_PROXY, as curl reads them]"
        )
    )

    let rate = Setting(
        SettingKey(
            "rate",
            default: "auto",
            value: "N",
            help: "Requests per second: {default} (default) finds what PingOne permits; a number is never exceeded."
        ),
        expected: "auto, or a number from 0.001 to 100000",
        completion: .words(["auto"])
    ) { text -> RateSetting? in text == "auto" ? .auto(max: nil) : SettingText.rate(text).map { .fixed($0) } }
    let maxRate = Setting(
        optional: SettingKey(
            "max-rate",
            value: "N",
            help: "Bounds --rate auto; by the time of day: '08:00,20 18:30,100' (local time)."
        ),
        expected: "a number from 0.001 to 100000, or such numbers by the time of day, such as '08:00,20 18:30,100'",
        SettingText.maxRate
    )
    let concurrency = Setting(
        SettingKey(
            "concurrency",
            default: "32",
            value: "N",
            help: "Requests in flight, 1 to 250 (default {default})."
        ),
        expected: "1 to 250",
        SettingText.count(1...250)
    )
    let timeout = Setting(
        SettingKey(
            "timeout",
            default: "30",
            value: "S",
            help: "Seconds that one request may take (default {default})."
        ),
        expected: "seconds above 0",
        SettingText.duration
    )
    let attempts = Setting(
        SettingKey(
            "attempts",
            default: "5",
            value: "N",
            help: "Tries for one row or mapping at most (default {default})."
        ),
        expected: "1 to 100",
        SettingText.count(1...100)
    )
    let maxWait = Setting(
        SettingKey(
            "max-wait",
            default: "5m",
            value: "TIME",
            help: "Longest pause PingOne may ask for, such as 90s or {default} (default)."
        ),
        expected: "a time, such as 90s, 5m or 1h",
        SettingText.duration
    )
    let maxFailures = Setting(
        SettingKey(
            "max-failures",
            default: "50%",
            value: "N|P%",
            help: "Stop when so many rows failed, or this share of the last 200 (default {default})."
        ),
        expected: "a number above 0, or a share such as 50%"
    ) { Breaker.Limit(argument: $0) }

    let encoding = Setting(
        SettingKey(
            "encoding",
            default: "UTF-8",
            goesOn: .sameInput,  // result files are UTF-8
            value: "NAME",
            help:
                "Encoding of a file without a byte order mark (default: {default}), such as windows-1252; iconv -l lists them."
        ),
        expected: "the name of an encoding, such as windows-1252: iconv -l lists them"
    ) { TextEncoding($0) }
    let delimiter = Setting(
        SettingKey(
            "delimiter",
            default: "auto",
            value: "C",
            help: "Character between fields, or tab; {default} (default): the one of , ; tab | that fits the header."
        ),
        expected: "auto, one ASCII character, or tab",
        // The other characters are syntax to fish, which has no quotes around a list.
        completion: .words(["auto", "tab"])
    ) { DelimiterChoice(argument: $0) }
    let update = Setting<AttributeUpdate>(
        choice: SettingKey(
            "update",
            default: "EMPTY_ONLY",
            value: "U",
            help: "Update for attributes that name none: {default} (default) or ALWAYS."
        )
    )
    let userKey = Setting<UserKey?>(
        optionalChoice: SettingKey(
            "user-key",
            value: "K",
            help:
                "What the column userID holds instead of the id: username, email or externalId of the user, who is looked up."
        )
    )
    let userIndex = Setting<UserIndexChoice>(
        choice: SettingKey(
            "user-index",
            default: "auto",
            value: "I",
            help:
                "With --user-key, whether all users are listed first: {default} (default) where that takes fewer requests "
                + "than looking names up; always, never."
        )
    )
    let map = Setting(
        list: SettingKey(
            "map",
            value: "COLUMN=NAME",
            help: "Reads a column as another one, such as 'Login=externalId'. May be repeated."
        ),
        expected:
            "COLUMN=NAME, where NAME is userID, externalId, identityProviderId, attributes or attributes.NAME"
    ) { text in
        ColumnPlan.Options.Mapping(argument: text).flatMap { ColumnPlan.isTarget($0.target) ? $0 : nil }
    }
    let ignore = Setting(
        list: SettingKey(
            "ignore",
            value: "COLUMN",
            help: "Leaves a column out; '#3' the third one, '*' all unknown ones. May be repeated."
        ),
        expected: "a column's name"
    ) { $0 }
    let acceptDamagedIDs = Setting(
        switch: SettingKey(
            switch: "accept-damaged-ids",
            help: "Sends ids as they stand that a spreadsheet has rounded, such as 1.23E+15."
        )
    )
    let mappings = Setting(
        switch: SettingKey(
            switch: "mappings",
            help: "Turns providerAttributes.* columns into attributes as the identity provider's own mappings do."
        )
    )
    let mappingsFile = Setting(
        path: SettingKey(
            "mappings-file",
            value: "FILE.csv",
            help: "The same, with the mappings of a CSV file: name,value,update."
        )
    )

    let strict = Setting(
        switch: SettingKey(
            switch: "strict",
            help: "Send nothing at all if one row is invalid (exit code 65). Not with --user-key."
        )
    )
    let ledger = Setting(
        path: SettingKey(
            "ledger",
            "PINGLINK_LEDGER",
            shown: .ledger,
            goesOn: .sameInput,
            value: "PATH",
            help: "Default: FILE.ledger; or postgresql://HOST/DATABASE."
        )
    )
    let ledgerSchema = Setting(
        SettingKey(
            "ledger-schema",
            default: PostgresAddress.standardSchema,
            value: "NAME",
            help: "The schema in the database of the ledger (default: {default})."
        ),
        expected: "the name of a schema, of 1 to 63 bytes and not beginning with pg_"
    ) { $0 }
    let lease = Setting(
        SettingKey(
            "lease",
            default: "30s",
            value: "T",
            help: "After so long without a sign of life, a machine loses its rows to the others (default: {default})."
        ),
        expected: "a time of 2s or more, such as 30s"
    ) { text in SettingText.duration(text).flatMap { $0 >= .seconds(2) ? $0 : nil } }
    let ledgerPatience = Setting(
        SettingKey(
            "ledger-patience",
            default: "5m",
            value: "T",
            help: "How long to wait for a database that is away (default: {default})."
        ),
        expected: "a time such as 5m",
        SettingText.duration
    )
    let rejects = Setting(
        path: SettingKey(
            "rejects",
            goesOn: .sameInput,
            value: "PATH",
            help: "Rows to correct (default: FILE.rejects.csv)."
        )
    )
    let retryFile = Setting(
        path: SettingKey(
            "retry-file",
            goesOn: .sameInput,
            value: "PATH",
            help: "Rows to try again (default: FILE.retry.csv)."
        )
    )
    let retry = Setting<[ResumePolicy.Retry]>(
        choices: SettingKey(
            "retry",
            goesOn: .sameInput,
            value: "S",
            help:
                "Send these rows again too: rejected, not-found (rejected since PingOne did not know the user), undone, "
                + "missing (linked, but not found by the last verify). May be repeated."
        )
    )
    let limit = Setting(
        optional: SettingKey("limit", goesOn: .never, value: "N", help: "Stop after so many rows sent."),
        expected: "a number above 0",
        SettingText.count(1...Int.max)
    )
    let maxDuration = Setting(
        optional: SettingKey(
            "max-duration",
            goesOn: .never,
            value: "TIME",
            help: "Stop after this time, such as 90m or 2h."
        ),
        expected: "a time, such as 90m or 2h",
        SettingText.duration
    )
    let until = Setting(
        optional: SettingKey("until", goesOn: .never, value: "HH:MM", help: "Stop at this local time."),
        expected: "a local time, such as 05:30",
        SettingText.minuteOfDay
    )

    let progress = Setting<ProgressReport.Style>(
        choice: SettingKey(
            "progress",
            default: "auto",
            goesOn: .never,
            value: "P",
            help:
                "{default} (default): one live line on a terminal, elsewhere a log line every 30 s. Or bar, log, none."
        )
    )
    let logFormat = Setting<ConsoleLogHandler.Format>(
        choice: SettingKey(
            "log-format",
            default: "text",
            goesOn: .never,
            value: "F",
            help: "{default} (default) or json: one object a line."
        )
    )
    let quiet = Setting(
        switch: SettingKey(
            switch: "quiet",
            goesOn: .never,
            help: "Only errors: no summary either, but one line if the exit code is 1."
        )
    )
    let metricsFile = Setting(
        path: SettingKey("metrics-file", value: "PATH.prom", help: "Write figures for Prometheus to this file.")
    )
    let metricsLabel = Setting(
        text: SettingKey(
            "metrics-label",
            value: "NAME",
            help: "Marks these figures with import=\"NAME\", where several imports of a machine are watched."
        )
    )
    let reportFile = Setting(
        path: SettingKey(
            "report-file",
            value: "PATH.html",
            help:
                "Keep a page about the run up to date, written anew every 30 s and at the end; it renews itself in a browser."
        )
    )

    private static let regions = Region.allCases.map(\.rawValue)

    /// The flags that are for one run and therefore not for a file.
    static let flagsOnly: Set<String> = [
        "anew", "change", "config", "dry-run", "format", "help", "include-read-back", "json", "output", "profile",
        "run", "state", "verbose", "version", "yes",
    ]
}
