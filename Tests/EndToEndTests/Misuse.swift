import Foundation
import Testing

/// One thing that users get wrong, and what they have to be told.
struct Misuse: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var arguments: [String]
    /// Files in the folder beside a good `users.csv`, by name.
    var files: [String: Data] = [:]
    /// Changes to the environment; nil takes a variable away.
    var environment: [String: String?] = [:]
    var input: String?
    var exitCode: Int32
    /// Stands in what it says.
    var message: String

    init(
        _ testDescription: String,
        _ arguments: [String],
        _ exitCode: Int32,
        _ message: String,
        environment: [String: String?] = [:],
        input: String? = nil,
        files: [String: Data] = [:]
    ) {
        self.testDescription = testDescription
        self.arguments = arguments
        self.files = files
        self.environment = environment
        self.input = input
        self.exitCode = exitCode
        self.message = message
    }

    /// A broken `bad.csv`.
    init(_ testDescription: String, csv: String, _ arguments: [String] = [], saying message: String) {
        self.init(testDescription, bytes: Data(csv.utf8), arguments, saying: message)
    }

    /// A broken `bad.csv` that is no text.
    init(_ testDescription: String, bytes: Data, _ arguments: [String] = [], saying message: String) {
        self.init(testDescription, ["import", "bad.csv"] + arguments, 65, message, files: ["bad.csv": bytes])
    }

    /// A configuration file that is wrong.
    init(_ testDescription: String, yaml: String, _ arguments: [String] = [], saying message: String) {
        self.init(
            testDescription,
            ["import", "users.csv", "--config", "c.yaml"] + arguments,
            78,
            message,
            files: ["c.yaml": Data(yaml.utf8)]
        )
    }
}

extension Misuse {
    private static let user = Rows.user(1)
    private static let secret = ["PINGONE_CLIENT_SECRET": nil] as [String: String?]

    private static func flag(_ name: String, _ value: String, _ message: String) -> Misuse {
        Misuse("\(name) \(value)", ["import", "users.csv", name, value], 64, message)
    }

    /// Those of ``usage`` that are a wrong value of one flag.
    static var values: [Misuse] { usage.filter { $0.message.contains(": expected ") } }

    static let usage: [Misuse] = [
        flag("--rate", "0", "pinglink: --rate: expected auto, or a number from 0.001 to 100000.\n"),
        flag("--rate", "-5", "--rate"),
        flag("--rate", "nan", "pinglink: --rate: expected auto, or a number from 0.001 to 100000.\n"),
        flag("--rate", "fast", "pinglink: --rate: expected auto, or a number from 0.001 to 100000.\n"),
        flag(
            "--max-rate",
            "0",
            "pinglink: --max-rate: expected a number from 0.001 to 100000, or such numbers by the time of day, "
                + "such as '08:00,20 18:30,100'.\n"
        ),
        flag("--concurrency", "0", "pinglink: --concurrency: expected 1 to 250.\n"),
        flag("--concurrency", "251", "pinglink: --concurrency: expected 1 to 250.\n"),
        flag("--concurrency", "many", "pinglink: --concurrency: expected 1 to 250.\n"),
        flag("--timeout", "0", "pinglink: --timeout: expected seconds above 0.\n"),
        flag("--lease", "1s", "pinglink: --lease: expected a time of 2s or more, such as 30s.\n"),
        flag("--ledger-patience", "soon", "pinglink: --ledger-patience: expected a time such as 5m.\n"),
        flag("--attempts", "0", "pinglink: --attempts: expected 1 to 100.\n"),
        flag("--max-wait", "soon", "pinglink: --max-wait: expected a time, such as 90s, 5m or 1h.\n"),
        flag("--max-duration", "0", "pinglink: --max-duration: expected a time, such as 90m or 2h.\n"),
        flag(
            "--max-failures",
            "120%",
            "pinglink: --max-failures: expected a number above 0, or a share such as 50%.\n"
        ),
        flag("--limit", "0", "pinglink: --limit: expected a number above 0.\n"),
        flag("--until", "25:00", "pinglink: --until: expected a local time, such as 05:30.\n"),
        flag("--environment", "production", "pinglink: --environment: expected a UUID"),
        flag("--idp", "twitter", "pinglink: --idp: expected a UUID"),
        flag("--idp", "302990c0-289d-40ec-a2ff-e7c7fd0cca6", "pinglink: --idp: expected a UUID"),
        flag("--auth-environment", "admin", "pinglink: --auth-environment: expected a UUID"),
        flag("--region", "mars", "pinglink: --region: expected one of com, ca, eu, asia, com.au, sg"),
        flag(
            "--auth-method",
            "jwt",
            "pinglink: --auth-method: expected basic, post, client-secret-jwt or private-key-jwt.\n"
        ),
        flag("--private-key-file", "k", "pinglink: --private-key-file: is for --auth-method private-key-jwt."),
        flag("--key-id", "k", "pinglink: --key-id: is for --auth-method private-key-jwt."),
        Misuse(
            "no private key",
            ["import", "users.csv", "--auth-method", "private-key-jwt"],
            64,
            "pinglink: No private key: give --private-key-file F or PINGONE_PRIVATE_KEY_FILE for --auth-method "
                + "private-key-jwt.\n"
        ),
        Misuse(
            "a private key that is not there",
            ["import", "users.csv", "--auth-method", "private-key-jwt", "--private-key-file", "none"],
            64,
            "pinglink: --private-key-file: there is no file of the name that is given. Check the path and its permissions.\n"
        ),
        Misuse(
            "an empty private key",
            ["import", "users.csv", "--auth-method", "private-key-jwt", "--private-key-file", "key"],
            64,
            "pinglink: --private-key-file: key: is empty. Write the key into it, as PEM.\n",
            files: ["key": Data()]
        ),
        Misuse(
            "a signed assertion over plain http",
            [
                "import", "users.csv", "--auth-method", "client-secret-jwt", "--auth-url",
                "http://login.example.com/as",
            ],
            64,
            "--auth-url: credentials are never sent over plain http://"
        ),
        flag("--delimiter", "ab", "pinglink: --delimiter: expected auto, one ASCII character, or tab.\n"),
        flag("--delimiter", "\"", "pinglink: --delimiter: expected auto, one ASCII character, or tab.\n"),
        flag("--update", "SOMETIMES", "pinglink: --update: expected EMPTY_ONLY or ALWAYS.\n"),
        flag("--user-key", "login", "pinglink: --user-key: expected username, email or externalId.\n"),
        flag("--user-index", "sometimes", "pinglink: --user-index: expected auto, always or never.\n"),
        flag("--user-index", "always", "pinglink: --user-index: says how users are found by name"),
        flag(
            "--map",
            "Login",
            "pinglink: --map: expected COLUMN=NAME, where NAME is userID, externalId, identityProviderId, attributes or "
                + "attributes.NAME.\n"
        ),
        flag("--map", "userID=password", "pinglink: --map: expected COLUMN=NAME"),
        flag("--retry", "linked", "pinglink: --retry: expected rejected, undone, not-found or missing.\n"),
        flag("--progress", "dots", "pinglink: --progress: expected auto, bar, log or none.\n"),
        flag("--log-format", "xml", "pinglink: --log-format: expected text or json.\n"),
        flag("--ca-file", "none.pem", "--ca-file"),
        flag(
            "--client-secret-file",
            "none",
            "pinglink: --client-secret-file: there is no file of the name that is given. Check the path and its permissions.\n"
        ),
        Misuse(
            "an empty secret file",
            ["import", "users.csv", "--client-secret-file", "secret"],
            64,
            "pinglink: --client-secret-file: secret is empty. Write the secret into it.\n",
            files: ["secret": Data()]
        ),
        flag("--rejects", "users.csv", "pinglink: --rejects: users.csv is the file of FILE too"),
        flag("--retry-file", "./users.csv", "pinglink: --retry-file: ./users.csv is the file of FILE too"),
        flag("--ledger", "users.csv", "pinglink: --ledger: users.csv is the file of FILE too"),
        flag(
            "--ledger",
            "postgresql://link:s3cret@db.example.com/ping",
            "pinglink: --ledger: there is a password in the address, which every user of this machine can see in the list of "
                + "processes. Leave it out and give it in PGPASSWORD or ~/.pgpass, or the whole address in PINGLINK_LEDGER.\n"
        ),
        Misuse(
            "a password in the address of the argument",
            ["status", "postgresql://link:s3cret@db.example.com/ping"],
            64,
            "pinglink: LEDGER: there is a password in the address"
        ),
        Misuse(
            "an argument that is no address",
            ["verify", "postgresql://[::1/ping"],
            64,
            "pinglink: LEDGER: this is no address of a database: "
        ),
        flag(
            "--metrics-file",
            "users.csv.ledger",
            "pinglink: --metrics-file: users.csv.ledger is the file of --ledger too"
        ),
        flag("--rejects", "/dev/null", "pinglink: --rejects: /dev/null is no plain file"),
        flag("--retry-file", ".", "pinglink: --retry-file: . is no plain file"),
        flag("--metrics-file", ".", "pinglink: --metrics-file: . is no plain file"),
        Misuse(
            "an address where a command belongs",
            ["postgresql://link:s3cret@db.example.com/ping"],
            64,
            "pinglink: An address of a database stands behind the command: pinglink status postgresql://…\n"
        ),
        Misuse(
            "a flag with one hyphen, which would ask for help",
            ["import", "users.csv", "-threads", "4"],
            64,
            "pinglink: There is no flag -threads. Flags of several letters begin with two hyphens: --threads."
        ),
        Misuse(
            "an address too many",
            ["import", "users.csv", "postgresql://link:s3cret@db.example.com/ping"],
            64,
            "Unexpected argument 'postgresql://••••@db.example.com/ping'"
        ),
        Misuse(
            "an option that does not exist",
            ["import", "users.csv", "--client-secret", "s"],
            64,
            "--client-secret"
        ),
        Misuse(
            "the provider's mappings and those of a file",
            ["import", "users.csv", "--mappings", "--mappings-file", "m.csv"],
            64,
            "pinglink: --mappings-file: the mappings are either these or, with --mappings, the identity provider's.",
            files: ["m.csv": Data("name,value\n".utf8)]
        ),
        Misuse(
            "a mappings file that is not there",
            ["import", "users.csv", "--mappings-file", "m.csv"],
            66,
            "pinglink: m.csv: cannot be read: No such file or directory."
        ),
        Misuse(
            "a mappings file with mistakes",
            ["import", "users.csv", "--mappings-file", "m.csv"],
            65,
            "pinglink: m.csv: line 2: column \"value\": the placeholder at character 1 is empty; it has the form "
                + "${providerAttributes.NAME}.\n",
            files: ["m.csv": Data("name,value\nemail,${}\n".utf8)]
        ),
        Misuse(
            "a mappings file that the rejects would replace",
            ["import", "users.csv", "--mappings-file", "m.csv", "--rejects", "m.csv"],
            64,
            "pinglink: --rejects: m.csv is the file of --mappings-file too",
            files: ["m.csv": Data("name,value\nemail,${providerAttributes.email}\n".utf8)]
        ),
        Misuse(
            "--max-rate beside a fixed rate",
            ["import", "users.csv", "--rate", "5", "--max-rate", "9"],
            64,
            "pinglink: --max-rate: bounds --rate auto; with a fixed rate (--rate) there is nothing to bound. Leave one out, "
                + "or give --rate auto.\n"
        ),
        Misuse(
            "standard input without a ledger",
            ["import", "-"],
            64,
            "pinglink: standard input can be read only once",
            input: "users.csv"
        ),
        Misuse(
            "standard input with --strict",
            ["import", "-", "--strict", "--ledger", "l"],
            64,
            "pinglink: --strict: reads the input twice, which standard input does not allow: use a file, or leave this out.\n",
            input: "users.csv"
        ),
        Misuse(
            "--strict with --user-key",
            ["import", "users.csv", "--strict", "--user-key", "username"],
            64,
            "pinglink: --strict: sends nothing if one row is invalid, but which users do not exist shows only during the run "
                + "(--user-key). Leave one of them out.\n"
        ),
        Misuse("a wrong state", ["export", "users.csv.ledger", "--state", "done"], 64, "already-linked"),
        Misuse("a wrong format", ["export", "users.csv.ledger", "--format", "xml"], 64, "jsonl"),
        Misuse(
            "no file of that name",
            ["import", "none.csv"],
            66,
            "none.csv: cannot be read: No such file or directory."
        ),
        Misuse("a folder", ["import", "."], 66, ".: cannot be read: Is a directory."),
        Misuse("no file of that name to validate", ["validate", "none.csv"], 66, "none.csv: cannot be read"),
        Misuse("no ledger of that name", ["status", "none.ledger"], 66, "none.ledger: the ledger cannot be read"),
        Misuse(
            "no ledger of that name to export",
            ["export", "none.ledger"],
            66,
            "none.ledger: the ledger cannot be read"
        ),
        Misuse(
            "a ledger in no folder",
            ["import", "users.csv", "--ledger", "none/l"],
            73,
            "none/l: the ledger cannot be created"
        ),
        Misuse(
            "a ledger that is something else",
            ["import", "users.csv", "--ledger", "notes"],
            73,
            "notes: this is no ledger",
            files: ["notes": Data("not a database, but long enough to look at".utf8)]
        ),
    ]

    static let connection: [Misuse] = [
        Misuse(
            "no environment",
            ["import", "users.csv"],
            64,
            "--environment",
            environment: ["PINGONE_ENVIRONMENT_ID": nil]
        ),
        Misuse(
            "no identity provider",
            ["import", "users.csv"],
            64,
            "--idp",
            environment: ["PINGONE_IDENTITY_PROVIDER_ID": nil]
        ),
        Misuse("no secret", ["import", "users.csv"], 64, "PINGONE_CLIENT_SECRET", environment: secret),
        Misuse("no client", ["import", "users.csv"], 64, "--client-id", environment: ["PINGONE_CLIENT_ID": nil]),
        Misuse(
            "an environment in a variable that is none",
            ["import", "users.csv"],
            64,
            "pinglink: PINGONE_ENVIRONMENT_ID: expected a UUID",
            environment: ["PINGONE_ENVIRONMENT_ID": "prod"]
        ),
        Misuse(
            "a token in two lines",
            ["import", "users.csv"],
            64,
            "pinglink: PINGONE_ACCESS_TOKEN: a control character is in it, such as a line break. Give one value.\n",
            environment: ["PINGONE_ACCESS_TOKEN": "abc\ndef"]
        ),
        Misuse(
            "two words for a token",
            ["import", "users.csv"],
            64,
            "pinglink: PINGONE_ACCESS_TOKEN: does not hold one token. Give the token alone, one word.\n",
            environment: ["PINGONE_ACCESS_TOKEN": "abc def"]
        ),
        flag("--api-url", "http://api.pingone.com/v1", "--api-url: credentials are never sent over plain http://"),
        flag("--auth-url", "http://192.168.1.10", "--auth-url: credentials are never sent over plain http://"),
        flag("--api-url", "http://127.0.0.1.evil.test", "--api-url: credentials are never sent over plain http://"),
        flag("--api-url", "http://localhost.evil.test/v1", "--api-url: credentials are never sent over plain http://"),
        flag("--api-url", "http://127.0.0.1@evil.test/v1", "--api-url: not a URL of the form"),
        flag("--api-url", "http://127.0.0.1:80@evil.test/v1", "--api-url: not a URL of the form"),
        flag("--api-url", "http://evil.test#@127.0.0.1/", "--api-url: not a URL of the form"),
        flag("--api-url", "http://evil.test\\@127.0.0.1/", "--api-url: not a URL of the form"),
        flag("--api-url", "http://0x7f.1/v1", "--api-url: credentials are never sent over plain http://"),
        flag("--api-url", "ftp://127.0.0.1/v1", "--api-url: not a URL of the form"),
        flag("--auth-url", "auth.pingone.com", "--auth-url: not a URL of the form"),
        flag("--ledger", "", "pinglink: --ledger: expected the path of a file.\n"),
        flag("--rejects", "", "pinglink: --rejects: expected the path of a file.\n"),
        flag("--retry-file", "", "pinglink: --retry-file: expected the path of a file.\n"),
        flag("--metrics-file", "", "pinglink: --metrics-file: expected the path of a file.\n"),
        flag("--report-file", "", "pinglink: --report-file: expected the path of a file.\n"),
        flag("--proxy", "http://localhost:x@proxy.evil.test:8080", "--proxy: credentials for a plain http:// URL"),
        flag(
            "--proxy",
            "http://proxy.evil.test:8080",
            "pinglink: --proxy: credentials for a plain http:// URL would go through it in clear text. Leave it out, or "
                + "use https:// URLs.\n"
        ),
        Misuse(
            "plain http in a variable",
            ["import", "users.csv"],
            64,
            "credentials are never sent over plain http://",
            environment: ["PINGONE_API_URL": "http://api.pingone.eu"]
        ),
        Misuse(
            "a wrong secret",
            ["import", "users.csv"],
            77,
            "The authorization server refuses the worker application",
            environment: ["PINGONE_CLIENT_SECRET": "guessed"]
        ),
        Misuse(
            "a token that is none",
            ["import", "users.csv"],
            77,
            "PingOne refuses the access token",
            environment: ["PINGONE_ACCESS_TOKEN": "guessed"]
        ),
        Misuse(
            "another environment",
            [
                "import", "users.csv", "--environment", "11111111-2222-4333-8444-555555555555",
                "--auth-environment", "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
            ],
            78,
            "PingOne knows no environment 11111111-2222-4333-8444-555555555555 here."
        ),
        Misuse(
            "another identity provider",
            ["import", "users.csv", "--idp", "11111111-2222-4333-8444-555555555555"],
            78,
            "The environment has no identity provider 11111111-2222-4333-8444-555555555555."
        ),
        Misuse(
            "nobody at the address",
            ["import", "users.csv", "--attempts", "1"],
            69,
            "PingOne cannot be reached",
            environment: ["PINGONE_AUTH_URL": "http://127.0.0.1:9", "PINGONE_API_URL": "http://127.0.0.1:9"]
        ),
    ]

    static let configuration: [Misuse] = [
        Misuse(
            "a key that does not exist",
            yaml: "rate: 5\nconcurency: 5\n",
            saying: "c.yaml: line 2: unknown key \"concurency\"; did you mean concurrency?"
        ),
        Misuse(
            "a secret in the file",
            yaml: "client-secret: s\n",
            saying: "c.yaml: line 1: client-secret: secrets do not stand here"
        ),
        Misuse(
            "no YAML",
            yaml: "rate: [5\n",
            saying: "c.yaml: line 2, column 1: not valid YAML: did not find expected ',' or ']'. Correct it.\n"
        ),
        Misuse("a list of nothing", yaml: "- rate\n", saying: "c.yaml: line 1: expected a list of key: value."),
        Misuse("a value of the wrong kind", yaml: "rate: [1, 2]\n", saying: "c.yaml: line 1: rate: takes one value."),
        Misuse(
            "a wrong number",
            yaml: "\nrate: 0\n",
            saying: "c.yaml: line 2: rate: expected auto, or a number from 0.001 to 100000.\n"
        ),
        Misuse("a wrong switch", yaml: "strict: maybe\n", saying: "c.yaml: line 1: strict: expected true or false.\n"),
        Misuse(
            "a ledger that is no address",
            yaml: "ledger: postgresql://[::1/ping\n",
            saying: "c.yaml: line 1: ledger: this is no address of a database: "
        ),
        Misuse(
            "a schema that cannot be",
            yaml: "ledger: postgresql://localhost/ping\nledger-schema: pg_links\n",
            saying: "c.yaml: line 2: ledger-schema: expected the name of a schema"
        ),
        Misuse(
            "strict with user names",
            yaml: "strict: true\nuser-key: username\n",
            saying: "pinglink: c.yaml: line 1: strict: sends nothing if one row is invalid, but which users do not "
                + "exist shows only during the run (c.yaml: line 2: user-key). Leave one of them out.\n"
        ),
        Misuse(
            "a profile that does not exist",
            yaml: "profiles: {a: {rate: 5}}\n",
            ["--profile", "b"],
            saying: "c.yaml: there is no profile \"b\"."
        ),
        Misuse(
            "a mistake in a profile that is not used",
            yaml: "profiles:\n  a:\n    rte: 5\n",
            saying: "c.yaml: line 3: unknown key \"rte\"; did you mean rate?"
        ),
        Misuse(
            "no file of that name",
            ["import", "users.csv", "--config", "none.yaml"],
            78,
            "none.yaml: the configuration file cannot be read."
        ),
        Misuse(
            "a profile without a file",
            ["import", "users.csv", "--profile", "a"],
            78,
            "--profile needs a configuration file"
        ),
        Misuse(
            "a file that is not UTF-8",
            ["import", "users.csv"],
            78,
            "pinglink.yaml: the configuration file is not UTF-8. Save it as UTF-8.\n",
            files: ["pinglink.yaml": Data([0xFF, 0xFE, 0x00])]
        ),
    ]

    static let header: [Misuse] = [
        Misuse("an empty file", csv: "", saying: "bad.csv: line 1: there is no header."),
        Misuse("no externalId", csv: "userID\n\(user)\n", saying: "bad.csv: line 1: the header lacks \"externalId\"."),
        Misuse("no userID", csv: "externalId\n1\n", saying: "bad.csv: line 1: the header lacks \"userID\"."),
        Misuse(
            "a column that is not known",
            csv: "userID,externalId,password\n\(user),1,x\n",
            saying: "the header has \"password\", which is not known."
        ),
        Misuse(
            "a column without a name",
            csv: "userID,externalId,\n\(user),1,x\n",
            saying: "bad.csv: line 2: column #3 has text here but no name in the header."
        ),
        Misuse(
            "a column twice",
            csv: "userID,externalId,external_id\n\(user),1,2\n",
            saying: "the header names externalId twice, in the columns #2, #3."
        ),
        Misuse(
            "a wrong update",
            csv: "userID,externalId,attributes.email:NEVER\n\(user),1,2\n",
            saying: "column \"attributes.email:NEVER\": behind the colon stands the update"
        ),
        Misuse(
            "raw attributes without --mappings",
            csv: "userID,externalId,providerAttributes.email\n\(user),1,2\n",
            saying: "which needs --mappings"
        ),
        Misuse(
            "a mapped column that is not there",
            csv: "userID,externalId\n\(user),1\n",
            ["--map", "Login=externalId"],
            saying: "--map (or map: in the configuration file) names \"Login\", which the header does not have."
        ),
    ]

    static let structure: [Misuse] = [
        Misuse(
            "an unclosed quote",
            csv: "userID,externalId\n\(user),\"1\n\(user),2\n",
            saying: "bad.csv: line 2, column 38: the quote that opens here is never closed."
        ),
        Misuse(
            "an unclosed quote after good rows",
            csv: Rows.csv(1...50) + "\(user),\"1\n",
            saying: "bad.csv: line 52, column 38: the quote that opens here is never closed."
        ),
        Misuse(
            "text after a closing quote",
            csv: "userID,externalId\n\(user),\"1\"x\n",
            saying: "bad.csv: line 2, column 41: text follows a closing quote."
        ),
        Misuse(
            "a carriage return in the middle of a line",
            csv: "userID,externalId\n\(user),12\r34\n",
            saying: "bad.csv: line 2: a carriage return without a line feed cuts this line."
        ),
        Misuse(
            "a quote inside a field",
            csv: "userID,externalId\n\(user),1\"2\n",
            saying: "bad.csv: line 2, column 39: a quote stands inside a field"
        ),
        Misuse(
            "a field above 1 MiB",
            csv: "userID,externalId\n\(user),\"\(String(repeating: "x", count: 1_048_577))\"\n",
            saying: "bad.csv: line 2, column 38: the field that begins here is longer than 1 MiB"
        ),
        Misuse(
            "Latin-1",
            bytes: Data("userID,externalId\n\(user),caf".utf8) + [0xE9, 0x0A],
            saying: "bad.csv: line 2, column 41: these bytes are not UTF-8."
        ),
        Misuse(
            "UTF-16",
            bytes: Data("u\0s\0e\0r\0".utf8),
            saying: "bad.csv: this is UTF-16 without a byte order mark, not UTF-8: say --encoding UTF-16LE"
        ),
        Misuse(
            "something behind gzip's magic",
            bytes: Data([0x1F, 0x8B, 0x08, 0x00, 0x01]),
            saying: "bad.csv: after line 0: the gzip data is damaged or cut off."
        ),
        Misuse(
            "--strict with one invalid row",
            csv: Rows.csv(1...3) + "carla,4\n",
            ["--strict"],
            saying:
                "bad.csv: 1 of 4 rows is invalid, and nothing is sent then (--strict). Correct it, or leave that out to "
                + "send the others.\n"
        ),
        Misuse(
            "--strict with no valid row",
            csv: Rows.header + "carla,4\n",
            ["--strict"],
            saying: "bad.csv: 1 of 1 row is invalid, and nothing is sent then (--strict). Correct it.\n"
        ),
    ]
}
