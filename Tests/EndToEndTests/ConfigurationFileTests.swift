import Foundation
import TestKit
import Testing

@Suite("The configuration file", .patient)
struct ConfigurationFileTests {
    @Test("text arrives as it is written")
    func texts() async throws {
        let texts = [
            ("0.5", "0.5"), ("10", "10"), ("1e3", "1e3"), ("05:30", "05:30"), ("0123", "0123"), ("0x1F", "0x1F"),
            ("1_000", "1_000"), ("yes", "yes"), ("On", "On"), ("null", "null"), ("~", "~"),
            ("2026-11-22", "2026-11-22"),
            ("123e4567-e89b-42d3-a456-426614174000", "123e4567-e89b-42d3-a456-426614174000"),
            ("12345678901234567890", "12345678901234567890"), (".inf", ".inf"), ("a b # a comment", "a b"),
            (#""" # nothing"#, ""), (#""a\tb""#, "a\tb"), ("'it''s'", "it's"), ("!!int 0123", "0123"), ("é 🦊", "é 🦊"),
            ("|\n  block\n  text", "block\ntext\n"),
        ]
        let lines = texts.map { "- \($0.0)\n" }.joined()
        let shown = try await Configuration("client-id: 0123\nuntil: 05:30\nmap:\n\(lines)").show().settings
        #expect(shown["map"]?.value == .many(texts.map(\.1)))
        #expect(shown["client-id"]?.value == .one("0123"))
        #expect(shown["until"]?.value == .one("05:30"))
    }

    @Test(
        "lists are written in either way, one text is a list too, and an alias stands for what it names",
        arguments: [
            ("map: [a=b, 0123]", ["a=b", "0123"]), ("map:\n- a=b\n- 'c: d'", ["a=b", "c: d"]), ("map: yes", ["yes"]),
            ("map: []", []), ("ignore: &columns [x, y]\nmap: *columns", ["x", "y"]),
            ("\u{FEFF}ignore: [x]\nmap: [a=b]", ["a=b"]),
        ]
    )
    func lists(yaml: String, values: [String]) async throws {
        #expect(try await Configuration(yaml + "\n").shown("map")?.value == .many(values))
    }

    @Test(
        "a file without content is as good as none",
        arguments: [
            "", "\n\n", "# only this\n", "---\n", "{}", "profiles:\n", "profiles:\n  night:\n", "\u{FEFF}# a mark\n",
        ]
    )
    func nothing(yaml: String) async throws {
        let configuration = try Configuration(yaml)
        #expect(try await configuration.shown("rate")?.source == "default")
    }

    @Test("everybody may read a file that holds no secret")
    func readableByAll() async throws {
        let configuration = try Configuration("rate: 7\n")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644],
            ofItemAtPath: configuration.folder.path("pinglink.yaml")
        )
        #expect(try await configuration.shown("rate")?.value == .one("7"))
    }

    @Test(
        "a switch takes YAML's words for yes and no",
        arguments: [
            ("true", true), ("yes", true), ("On", true), ("TRUE", true), ("'yes'", true), ("false", false),
            ("no", false),
            ("OFF", false),
        ]
    )
    func switches(word: String, isOn: Bool) async throws {
        let configuration = try Configuration("mappings: \(word)\nmappings-file: none.csv\n")
        let outcome = try await configuration.run(["validate", "none.csv"])
        // Both together contradict each other; the second alone is a file that is not there.
        #expect(outcome.exitCode == (isOn ? 78 : 66), "\(outcome.errors)")
    }

    @Test(
        "what is wrong is told with the line",
        arguments: [
            ("# speed\nrte: 5", #"line 2: unknown key "rte"; did you mean rate?"#),
            ("RATE: 5", #"line 1: unknown key "RATE"; did you mean rate?"#),
            ("client_id: a", #"line 1: unknown key "client_id"; did you mean client-id?"#),
            ("PINGONE_CLIENT_ID: a", #"line 1: unknown key "PINGONE_CLIENT_ID"; did you mean client-id?"#),
            ("profile: {a: {rate: 5}}", "line 1: profile: is for one run only. Give --profile on the command line."),
            ("profils: {a: {rate: 5}}", #"line 1: unknown key "profils"; did you mean profiles?"#),
            ("<<: {rate: 5}", #"line 1: unknown key "<<". Keys are the flags' names: pinglink import --help."#),
            ("profiles:\n  a:\n    rte: 5", #"line 3: unknown key "rte"; did you mean rate?"#),
            (
                "profiles: {a: {profiles: {}}}",
                "line 1: profiles: a profile holds no profiles. Move it to the top of the file."
            ),
            ("profiles: [a]", "line 1: profiles: holds blocks by name: profiles: { NAME: { … } }."),
            ("profiles:\n  a: 5", "line 2: expected a list of key: value."),
            ("rate: 5\ntimeout: 9\nrate: 6", #"line 1: "rate" is given twice. Leave one out."#),
            ("profiles:\n  a: {}\n  a: {}", #"line 2: "a" is given twice. Leave one out."#),
            ("rate:", #"line 1: rate: has no value. Give it one, or "" for an empty text."#),
            ("rate: [5]", "line 1: rate: takes one value."),
            ("rate: {a: 5}", "line 1: rate: takes one value."),
            ("map: [[a]]", "line 1: map: takes a text or a list of texts."),
            ("- rate: 5", "line 1: expected a list of key: value."),
            ("rate", "line 1: expected a list of key: value."),
            ("? [a]\n: b", "line 1: a key is one word."),
            (
                "client-secret: s3cret",
                "line 1: client-secret: secrets do not stand here, where backups and colleagues read them. Put it into a "
                    + "file that only you can read and name that with client-secret-file:, or give it in "
                    + "PINGONE_CLIENT_SECRET."
            ),
            (
                "profiles: {a: {access-token: s3cret}}",
                "line 1: access-token: secrets do not stand here, where backups and colleagues read them. Put it into a "
                    + "file that only you can read and name that with access-token-file:, or give it in "
                    + "PINGONE_ACCESS_TOKEN."
            ),
            (
                "profiles:\n\ta: {}",
                "line 2, column 1: not valid YAML: found character that cannot start any token. Indent with spaces, not "
                    + "with tabs."
            ),
            (
                "rate: s3cret: x",
                "line 1, column 13: not valid YAML: mapping values are not allowed in this context. Correct it."
            ),
            ("a: *b", "line 1: not valid YAML: found undefined alias. Correct it."),
            (
                "rate: 5\n---\nrate: 6",
                "line 2: not valid YAML: expected a single document in the stream but found another document. Correct it."
            ),
            ("a: b\nc: \u{1}", "line 2: not valid YAML: control characters are not allowed. Correct it."),
        ]
    )
    func mistakes(yaml: String, message: String) async throws {
        let outcome = try await Configuration(yaml + "\n").run(["validate", "none.csv"])
        #expect(outcome.exitCode == 78)
        #expect(outcome.errors == "pinglink: pinglink.yaml: \(message)\n")
        #expect(outcome.output == "")
    }

    @Test("a profile that is not there: the nearest one is named, and all there are")
    func unknownProfile() async throws {
        let outcome = try await Configuration("profiles: {staging: {}, production: {}}\n").run(
            ["config", "show", "--profile", "Prodution"]
        )
        #expect(outcome.exitCode == 78)
        #expect(
            outcome.errors == """
                pinglink: pinglink.yaml: there is no profile "Prodution"; did you mean production? It has production, \
                staging. Check --profile.

                """
        )
        let without = try await Configuration("rate: 5\n").run(["config", "show", "--profile", "a"])
        #expect(
            without.errors
                == "pinglink: pinglink.yaml: there is no profile \"a\". It has none. Check --profile.\n"
        )
    }

    @Test("every flag is a key of the file, or the message says that it is for one run")
    func flags() async throws {
        let configuration = try Configuration("")
        let all = Set(try await CommandHelp.command(of: try Program.built("pinglink")).longNames)
        #expect(all.count > 50)
        let keys = Set(try await configuration.show().settings.keys)
        #expect(keys.subtracting(["client-secret", "access-token"]).isSubset(of: all))
        for name in all.subtracting(keys).sorted() {
            let outcome = try await Configuration("\(name): 1\n").run(["validate", "none.csv"])
            let message = "line 1: \(name): is for one run only. Give --\(name) on the command line.\n"
            #expect(outcome.errors == "pinglink: pinglink.yaml: \(message)")
        }
    }
}
