import ArgumentParser
import LinkImport
import PingOneAPI

/// Where the configuration is.
struct ConfigOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Configuration file (YAML; keys are flag names). Default: ./pinglink.yaml, else ~/.config/pinglink/config.yaml.",
            valueName: "FILE"
        ),
        completion: .file()
    )
    var config: String?

    @Option(help: ArgumentHelp("Block of the configuration file to use.", valueName: "NAME"))
    var profile: String?
}

/// Where PingOne is and who we are there.
struct ConnectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Environment of the users. [PINGONE_ENVIRONMENT_ID]", valueName: "UUID"))
    var environment: String?

    @Option(
        help: ArgumentHelp(
            "Identity provider, for mappings and for rows that name none; rows of a ledger name theirs. "
                + "[PINGONE_IDENTITY_PROVIDER_ID]",
            valueName: "UUID"
        )
    )
    var idp: String?

    @Option(
        help: ArgumentHelp("com (default), ca, eu, asia, com.au, sg. [PINGONE_REGION]", valueName: "R"),
        completion: .list(Region.allCases.map(\.rawValue))
    )
    var region: String?

    @Option(
        name: .customLong("api-url"),
        help: ArgumentHelp("Instead of https://api.pingone.<region>/v1. [PINGONE_API_URL]", valueName: "URL")
    )
    var apiURL: String?

    @Option(
        name: .customLong("auth-url"),
        help: ArgumentHelp(
            "Instead of https://auth.pingone.<region>; a custom domain ends in /as: https://login.example.com/as. "
                + "[PINGONE_AUTH_URL]",
            valueName: "URL"
        )
    )
    var authURL: String?

    @Option(
        help: ArgumentHelp(
            "Environment of the worker application, if it is another. [PINGONE_AUTH_ENVIRONMENT_ID]",
            valueName: "UUID"
        )
    )
    var authEnvironment: String?

    @Option(
        name: .customLong("client-id"),
        help: ArgumentHelp("Worker application. [PINGONE_CLIENT_ID]", valueName: "ID")
    )
    var clientID: String?

    @Option(
        help: ArgumentHelp("File with its secret. [the secret itself: PINGONE_CLIENT_SECRET]", valueName: "F"),
        completion: .file()
    )
    var clientSecretFile: String?

    @Option(
        help: ArgumentHelp(
            "File with a ready token, read anew when refused. [the token itself: PINGONE_ACCESS_TOKEN]",
            valueName: "F"
        ),
        completion: .file()
    )
    var accessTokenFile: String?

    @Option(
        help: ArgumentHelp(
            "Command of the shell that prints a ready token, run anew when that is refused. "
                + "[PINGLINK_ACCESS_TOKEN_COMMAND]",
            valueName: "C"
        )
    )
    var accessTokenCommand: String?

    @Option(
        help: ArgumentHelp(
            "How the application signs on: basic (default), post, client-secret-jwt, private-key-jwt. "
                + "[PINGONE_AUTH_METHOD]",
            valueName: "M"
        ),
        completion: .list(ClientCredentials.Method.allCases.map(\.rawValue))
    )
    var authMethod: String?

    @Option(
        help: ArgumentHelp(
            "Its private key for private-key-jwt: PEM, RSA or EC. [PINGONE_PRIVATE_KEY_FILE]",
            valueName: "F"
        ),
        completion: .file()
    )
    var privateKeyFile: String?

    @Option(
        name: .customLong("key-id"),
        help: ArgumentHelp("Id of that key, where PingOne has several. [PINGONE_KEY_ID]", valueName: "K")
    )
    var keyID: String?

    @Option(help: ArgumentHelp("Extra trusted roots (PEM). [PINGLINK_CA_FILE]", valueName: "F"), completion: .file())
    var caFile: String?

    @Option(help: ArgumentHelp("Proxy. [HTTPS_PROXY, NO_PROXY, as curl reads them]", valueName: "URL"))
    var proxy: String?

    var flags: [SettingKey: [String]] {
        [
            .environment: environment, .idp: idp, .region: region, .apiURL: apiURL, .authURL: authURL,
            .authEnvironment: authEnvironment, .clientID: clientID, .clientSecretFile: clientSecretFile,
            .accessTokenFile: accessTokenFile, .accessTokenCommand: accessTokenCommand, .authMethod: authMethod,
            .privateKeyFile: privateKeyFile,
            .keyID: keyID, .caFile: caFile, .proxy: proxy,
        ].compactMapValues { $0.map { [$0] } }
    }
}

/// How fast, how often, how long.
struct SpeedOptions: ParsableArguments {
    @OptionGroup var requests: RequestOptions

    @Option(help: ArgumentHelp("Requests in flight, 1 to 250 (default 32).", valueName: "N"))
    var concurrency: String?

    var flags: [SettingKey: [String]] {
        requests.flags.merging([.concurrency: concurrency].compactMapValues { $0.map { [$0] } }) { $1 }
    }
}

/// How fast and how often one request after the other is sent.
struct RequestOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Requests per second: auto (default) finds what PingOne permits; a number is never exceeded.",
            valueName: "N"
        ),
        completion: .list(["auto"])
    )
    var rate: String?

    @Option(
        help: ArgumentHelp(
            "Bounds --rate auto; by the time of day: '08:00,20 18:30,100' (local time).",
            valueName: "N"
        )
    )
    var maxRate: String?

    @Option(help: ArgumentHelp("Seconds that one request may take (default 30).", valueName: "S"))
    var timeout: String?

    @Option(help: ArgumentHelp("Tries for one row or mapping at most (default 5).", valueName: "N"))
    var attempts: String?

    @Option(help: ArgumentHelp("Longest pause PingOne may ask for, such as 90s or 5m (default).", valueName: "TIME"))
    var maxWait: String?

    var flags: [SettingKey: [String]] {
        [.rate: rate, .maxRate: maxRate, .timeout: timeout, .attempts: attempts, .maxWait: maxWait]
            .compactMapValues { $0.map { [$0] } }
    }
}

/// When a run ends before its input does.
struct StopOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Stop after this time, such as 90m or 2h.", valueName: "TIME"))
    var maxDuration: String?

    @Option(help: ArgumentHelp("Stop at this local time.", valueName: "HH:MM"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "Stop when so many rows failed, or this share of the last 200 (default 50%).",
            valueName: "N|P%"
        )
    )
    var maxFailures: String?

    var flags: [SettingKey: [String]] {
        [.maxDuration: maxDuration, .until: until, .maxFailures: maxFailures].compactMapValues { $0.map { [$0] } }
    }
}

/// How the CSV is read.
struct InputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Encoding of a file without a byte order mark (default: UTF-8), such as windows-1252; iconv -l lists them.",
            valueName: "NAME"
        )
    )
    var encoding: String?

    @Option(
        help: ArgumentHelp(
            "Character between fields, or tab; auto (default): the one of , ; tab | that fits the header.",
            valueName: "C"
        ),
        // The other characters are syntax to fish, which has no quotes around a list.
        completion: .list(["auto", "tab"])
    )
    var delimiter: String?

    @Option(
        help: ArgumentHelp("Update for attributes that name none: EMPTY_ONLY (default) or ALWAYS.", valueName: "U"),
        completion: .list(["EMPTY_ONLY", "ALWAYS"])
    )
    var update: String?

    @Option(
        help: ArgumentHelp(
            "Reads a column as another one, such as 'Login=externalId'. May be repeated.",
            valueName: "COLUMN=NAME"
        )
    )
    var map: [String] = []

    @Option(
        help: ArgumentHelp(
            "What the column userID holds instead of the id: username, email or externalId of the user, who is looked up.",
            valueName: "K"
        ),
        completion: .list(["username", "email", "externalId"])
    )
    var userKey: String?

    @Option(
        help: ArgumentHelp(
            "With --user-key, whether all users are listed first: auto (default) where that takes fewer requests than "
                + "looking names up; always, never.",
            valueName: "I"
        ),
        completion: .list(UserIndexChoice.allCases.map(\.rawValue))
    )
    var userIndex: String?

    @Option(
        help: ArgumentHelp(
            "Leaves a column out; '#3' the third one, '*' all unknown ones. May be repeated.",
            valueName: "COLUMN"
        )
    )
    var ignore: [String] = []

    @Flag(
        name: .customLong("accept-damaged-ids"),
        help: "Sends ids as they stand that a spreadsheet has rounded, such as 1.23E+15."
    )
    var acceptDamagedIDs = false

    @Flag(help: "Turns providerAttributes.* columns into attributes as the identity provider's own mappings do.")
    var mappings = false

    @Option(
        help: ArgumentHelp("The same, with the mappings of a CSV file: name,value,update.", valueName: "FILE.csv"),
        completion: .file()
    )
    var mappingsFile: String?

    var flags: [SettingKey: [String]] {
        var flags: [SettingKey: [String]] = [.map: map, .ignore: ignore]
        flags[.encoding] = encoding.map { [$0] }
        flags[.delimiter] = delimiter.map { [$0] }
        if acceptDamagedIDs { flags[.acceptDamagedIDs] = ["true"] }
        flags[.update] = update.map { [$0] }
        if mappings { flags[.mappings] = ["true"] }
        flags[.mappingsFile] = mappingsFile.map { [$0] }
        flags[.userKey] = userKey.map { [$0] }
        flags[.userIndex] = userIndex.map { [$0] }
        return flags
    }
}

/// What is said, and how, by a command that takes its time.
struct OutputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "auto (default): one live line on a terminal, elsewhere a log line every 30 s. Or bar, log, none.",
            valueName: "P"
        ),
        completion: .list(["auto", "bar", "log", "none"])
    )
    var progress: String?

    @OptionGroup var log: LogOptions

    var flags: [SettingKey: [String]] {
        log.flags.merging([.progress: progress].compactMapValues { $0.map { [$0] } }) { $1 }
    }
}

/// What is said, and how.
struct LogOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("text (default) or json: one object a line.", valueName: "F"),
        completion: .list(["text", "json"])
    )
    var logFormat: String?

    @Flag(help: "Only errors: no summary either, but one line if the exit code is 1.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Every row that is not linked, and more.")
    var verbose = false

    @Flag(help: "The summary as one JSON object.")
    var json = false

    var flags: [SettingKey: [String]] {
        var flags: [SettingKey: [String]] = [:]
        flags[.logFormat] = logFormat.map { [$0] }
        if quiet { flags[.quiet] = ["true"] }
        return flags
    }
}

/// A page about the run.
struct ReportFileOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep a page about the run up to date, written anew every 30 s and at the end; it renews itself in a browser.",
            valueName: "PATH.html"
        ),
        completion: .file()
    )
    var reportFile: String?

    var flags: [SettingKey: [String]] {
        [.reportFile: reportFile].compactMapValues { $0.map { [$0] } }
    }
}
