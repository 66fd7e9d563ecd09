import Foundation
import Testing

/// What somebody meets who uses pinglink for the first time and slips, and all that is then said.
struct FirstContact: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var arguments: [String]
    var exitCode: Int32
    /// The whole of standard error, without times; `PORT` for the simulator's.
    var errors: String
    /// Files in the folder beside a good `users.csv`, by name.
    var files: [String: Data] = [:]
    /// Changes to the environment; nil takes a variable away.
    var environment: [String: String?] = [:]

    init(
        _ testDescription: String,
        _ arguments: [String],
        _ exitCode: Int32,
        _ errors: String,
        files: [String: Data] = [:],
        environment: [String: String?] = [:]
    ) {
        self.testDescription = testDescription
        self.arguments = arguments
        self.exitCode = exitCode
        self.errors = errors
        self.files = files
        self.environment = environment
    }

    /// `bad.csv` is no CSV, or not the one that was meant.
    private init(
        _ testDescription: String,
        _ bytes: Data,
        _ arguments: [String] = [],
        exitCode: Int32 = 65,
        saying errors: String
    ) {
        self.init(testDescription, ["import", "bad.csv"] + arguments, exitCode, errors, files: ["bad.csv": bytes])
    }
}

extension FirstContact {
    private static let commands =
        "The commands are import, validate, status, export, verify, undo, unlink, report, mappings, config: see pinglink --help.\n"

    static let commandLine: [FirstContact] = [
        FirstContact(
            "a file without a command",
            ["users.csv"],
            64,
            "pinglink: users.csv is a file, not a command. To import it: pinglink import users.csv\n"
        ),
        FirstContact(
            "a ledger without a command",
            ["users.csv.ledger"],
            64,
            "pinglink: users.csv.ledger is a file, not a command. To see what is in it: pinglink status users.csv.ledger\n",
            files: ["users.csv.ledger": Data()]
        ),
        FirstContact(
            "a slip of the pen",
            ["imprt", "users.csv"],
            64,
            "pinglink: There is no command \"imprt\"; did you mean import? " + commands
        ),
        FirstContact(
            "a command of another program",
            ["synchronize", "users.csv"],
            64,
            "pinglink: There is no command \"synchronize\". " + commands
        ),
        FirstContact(
            "the first letters of a command",
            ["valid", "users.csv"],
            64,
            "pinglink: There is no command \"valid\"; did you mean validate? " + commands
        ),
        FirstContact(
            "what an import does: the nearest word would do the contrary",
            ["link", "users.csv"],
            64,
            "pinglink: There is no command \"link\"; did you mean import? " + commands
        ),
        FirstContact(
            "a slip of the pen in the second word",
            ["mappings", "lst"],
            64,
            "pinglink: There is no command \"mappings lst\"; did you mean mappings list? The commands are list, plan, apply: "
                + "see pinglink mappings --help.\n"
        ),
        FirstContact(
            "a flag before the command, with a value that is not repeated",
            ["--limit=17", "import", "users.csv"],
            64,
            "pinglink: --limit stands before the command. Flags come after it: pinglink import --limit …\n"
        ),
        FirstContact(
            "a slip of the pen in a flag of the program",
            ["--verison"],
            64,
            "pinglink: There is no flag --verison without a command; did you mean --version? See pinglink --help.\n"
        ),
        FirstContact(
            "a slip of the pen in a flag",
            ["import", "users.csv", "--dryrun"],
            64,
            """
            Error: Unknown option '--dryrun'. Did you mean '--dry-run'?
            Usage: pinglink import [<options>] <FILE>
              See 'pinglink import --help' for more information.

            """
        ),
        FirstContact(
            "no such file",
            ["import", "user.csv"],
            66,
            "pinglink: user.csv: cannot be read: No such file or directory. Check the path and its permissions.\n"
        ),
        FirstContact(
            "a CSV file where a ledger belongs",
            ["status", "users.csv"],
            65,
            "pinglink: users.csv: this is no ledger: it is not an SQLite database. An import of FILE keeps its ledger in "
                + "FILE.ledger, an unlink in FILE.unlink.ledger: name that.\n"
        ),
        FirstContact(
            "a CSV file whose ledger stands beside it",
            ["verify", "users.csv"],
            65,
            "pinglink: users.csv: this is no ledger. Did you mean users.csv.ledger?\n",
            files: ["users.csv.ledger": Data()]
        ),
        FirstContact(
            "a CSV file whose links an unlink has removed",
            ["status", "users.csv"],
            65,
            "pinglink: users.csv: this is no ledger. Did you mean users.csv.unlink.ledger?\n",
            files: ["users.csv.unlink.ledger": Data()]
        ),
    ]

    private static let users = "userID,externalId\n\(Rows.user(1)),1\n"

    private static func utf16(_ encoding: String.Encoding, _ text: String = users) -> Data {
        text.data(using: encoding) ?? Data()
    }

    static let files: [FirstContact] = [
        FirstContact(
            "a header with semicolons that lacks a column",
            Data("userID;account\n\(Rows.user(1));1\n".utf8),
            saying: """
                pinglink: bad.csv: line 1: the header lacks "externalId". Add it, or name the column that holds it: \
                --map 'account=externalId'.
                  bad.csv: line 1: the header has "account", which is not known. Nothing is sent that the header \
                does not name: say what it is with --map 'account=attributes.NAME', or leave it out with --ignore 'account'.

                """
        ),
        FirstContact(
            "a delimiter that differs from the one of the first line",
            Data("sep=;\nuserID;externalId\n".utf8),
            ["--delimiter", "tab"],
            saying: "pinglink: bad.csv: line 1: says that \";\" separates the fields, but --delimiter (or "
                + "delimiter: in the configuration file) says a tab. Give --delimiter auto, or remove the line.\n"
        ),
        FirstContact(
            "text in a column without a name",
            Data("userID,externalId,\n\(Rows.user(1)),1,note\n".utf8),
            saying:
                "pinglink: bad.csv: line 2: column #3 has text here but no name in the header. Name it there, say what "
                + "it is with --map '#3=attributes.NAME', or leave it out with --ignore '#3'.\n"
        ),
        FirstContact(
            "a delimiter that the file does not have",
            Data(users.utf8),
            ["--delimiter", "tab"],
            saying: "pinglink: bad.csv: line 1: the header is one name with commas in it. If they stand between the "
                + "fields, say --delimiter ','.\n"
        ),
        FirstContact(
            "no header, and nobody's ids are shown",
            Data("\(Rows.user(1)),4711\n".utf8),
            saying: "pinglink: bad.csv: line 1: this looks like a row, not like a header: a name is a UUID. Put a line "
                + "before it that names the columns: userID,externalId\n"
        ),
        FirstContact(
            "several things that are wrong with a header",
            Data("account,userid,user_id\n".utf8),
            saying: """
                pinglink: bad.csv: line 1: the header lacks "externalId". Add it, or name the column that holds it: \
                --map 'account=externalId'.
                  bad.csv: line 1: the header has "account", which is not known. Nothing is sent that the header \
                does not name: say what it is with --map 'account=attributes.NAME', or leave it out with --ignore 'account'.
                  bad.csv: line 1: the header names userID twice, in the columns #2, #3. Leave out what is not meant: \
                --ignore '#3', for instance.

                """
        ),
        FirstContact(
            "users by name, and nothing says so",
            Data("Login,externalId\nleslie,1\n".utf8),
            saying: """
                pinglink: bad.csv: line 1: the header lacks "userID". Add it, or name the column that holds it: \
                --map 'Login=userID', with --user-key where user names or e-mail addresses stand there.
                  bad.csv: line 1: the header has "Login", which is not known. Nothing is sent that the header \
                does not name: say what it is with --map 'Login=attributes.username', or leave it out with --ignore 'Login'.

                """
        ),
        FirstContact(
            "more mistakes in a header than a message has room for",
            Data("userID,externalId,attributes.a:,attributes.b:,attributes.c:,attributes.d:\n".utf8),
            saying: """
                pinglink: bad.csv: line 1: column "attributes.a:": behind the colon stands the update, EMPTY_ONLY or ALWAYS.
                  bad.csv: line 1: column "attributes.b:": behind the colon stands the update, EMPTY_ONLY or ALWAYS.
                  And 2 more mistakes: correct those above, then run again.

                """
        ),
        FirstContact(
            "a column name with a line break cannot begin a message",
            Data("userID,externalId,\"x\npinglink: error: all is lost\"\n".utf8),
            saying: """
                pinglink: bad.csv: line 1: the header has "x
                  pinglink: error: all is lost", which is not known. Nothing is sent that the header does not name: say \
                what it is with --map 'x
                  pinglink: error: all is lost=attributes.NAME', or leave it out with --ignore 'x
                  pinglink: error: all is lost'.

                """
        ),
        FirstContact(
            "a zip file",
            Data([0x50, 0x4B, 0x03, 0x04, 0x14, 0x00, 0xFF, 0xFE]),
            exitCode: 66,
            saying:
                "pinglink: bad.csv: this is a zip file, not a CSV file. Unpack it and use what comes out: "
                + "unzip -p bad.csv > bad.csv.csv\n"
        ),
        FirstContact(
            "a spreadsheet of old",
            Data([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1]),
            exitCode: 66,
            saying:
                "pinglink: bad.csv: this is a spreadsheet's workbook, not a CSV file. Open it, save the sheet as "
                + "\"CSV UTF-8\", and use that file.\n"
        ),
        FirstContact(
            "UTF-16 without a mark",
            utf16(.utf16LittleEndian),
            saying: "pinglink: bad.csv: this is UTF-16 without a byte order mark, not UTF-8: say --encoding UTF-16LE\n"
        ),
        FirstContact(
            "UTF-16 the other way round",
            utf16(.utf16BigEndian),
            saying: "pinglink: bad.csv: this is UTF-16 without a byte order mark, not UTF-8: say --encoding UTF-16BE\n"
        ),
        FirstContact(
            "a ledger where the CSV file belongs",
            Data("SQLite format 3\0".utf8),
            exitCode: 66,
            saying:
                "pinglink: bad.csv: this is a ledger or another SQLite database, not a CSV file. To see what is in a "
                + "ledger: pinglink status bad.csv\n"
        ),
    ]

    /// Nobody listens on port 9.
    private static let nowhere: [String: String?] = [
        "PINGONE_AUTH_URL": "http://127.0.0.1:9", "PINGONE_API_URL": "http://127.0.0.1:9",
    ]
    private static let region: [String: String?] = ["PINGONE_AUTH_URL": nil, "PINGONE_API_URL": nil, "NO_PROXY": nil]
    private static let asked = "Asked: http://127.0.0.1:PORT (PINGONE_AUTH_URL) and http://127.0.0.1:PORT/v1 "

    static let connection: [FirstContact] = [
        FirstContact(
            "a wrong secret",
            ["import", "users.csv"],
            77,
            """
            pinglink: error: The authorization server refuses the worker application (HTTP 401, invalid_client). Check \
            client id, secret, --auth-method and --auth-environment.
              \(asked)(PINGONE_API_URL).

            """,
            environment: ["PINGONE_CLIENT_SECRET": "guessed"]
        ),
        FirstContact(
            "a token of somewhere else",
            ["import", "users.csv"],
            77,
            """
            pinglink: error: PingOne refuses the access token, a fresh one too (HTTP 401 ACCESS_FAILED, INVALID_TOKEN). \
            One in PINGONE_ACCESS_TOKEN is never renewed and may have expired; else check that token, region and \
            environment belong together.
              \(asked)(PINGONE_API_URL).

            """,
            environment: ["PINGONE_ACCESS_TOKEN": "guessed"]
        ),
        FirstContact(
            "an environment that is not there",
            ["import", "users.csv", "--environment", "11111111-2222-4333-8444-555555555555"],
            78,
            """
            pinglink: error: PingOne knows no environment 11111111-2222-4333-8444-555555555555 here: \
            http://127.0.0.1:PORT/11111111-2222-4333-8444-555555555555/as/token answers 404. Check --auth-environment or \
            --environment and --region. If this is a custom domain, it goes without the environment: --auth-url \
            http://127.0.0.1:PORT/as.
              \(asked)(PINGONE_API_URL).

            """
        ),
        FirstContact(
            "an environment that is not there, in a variable that Ping's own tools read too",
            ["import", "users.csv", "--auth-environment", "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"],
            78,
            """
            pinglink: error: PingOne knows no environment 11111111-2222-4333-8444-555555555555 here. Check --environment \
            and --region.
              PINGONE_ENVIRONMENT_ID names the environment of the users. Ping's own tools call the worker application's \
            that: for pinglink it stands in PINGONE_AUTH_ENVIRONMENT_ID.
              \(asked)(PINGONE_API_URL).

            """,
            environment: ["PINGONE_ENVIRONMENT_ID": "11111111-2222-4333-8444-555555555555"]
        ),
        FirstContact(
            "nobody at the address",
            ["import", "users.csv", "--attempts", "1", "--api-url", "http://127.0.0.1:9"],
            69,
            """
            pinglink: error: PingOne cannot be reached: 127.0.0.1:9: could not connect (curl 7). Run again when it can.
              Asked: http://127.0.0.1:9 (PINGONE_AUTH_URL) and http://127.0.0.1:9/v1 (--api-url).

            """,
            environment: nowhere
        ),
        FirstContact(
            "a proxy that refuses, in a variable",
            ["import", "users.csv", "--attempts", "1"],
            69,
            """
            pinglink: error: PingOne cannot be reached: auth.pingone.com:443: could not connect, perhaps through the proxy \
            that the environment names (curl 7). Run again when it can.
              Asked: https://auth.pingone.com and https://api.pingone.com/v1 (region com, the default; --region names \
            another), through a proxy (HTTPS_PROXY).

            """,
            environment: region.merging(["HTTPS_PROXY": "http://somebody:secret@127.0.0.1:9"]) { $1 }
        ),
        FirstContact(
            "a proxy that refuses, by a flag, on the way to a region",
            ["mappings", "list", "--attempts", "1", "--proxy", "http://127.0.0.1:9", "--region", "EU"],
            69,
            """
            pinglink: PingOne cannot be reached: auth.pingone.eu:443: could not connect, through the proxy (curl 7). Run \
            again when it can.
              Asked: https://auth.pingone.eu and https://api.pingone.eu/v1 (region eu, --region), through a proxy \
            (--proxy).

            """,
            environment: region
        ),
    ]
}
