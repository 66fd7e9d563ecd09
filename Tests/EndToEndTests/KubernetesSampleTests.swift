import Foundation
import TestKit
import Testing

@Suite("The samples for Kubernetes")
struct KubernetesSampleTests {
    private static let names = ["job.yaml", "cronjob.yaml", "secret.yaml"]
    /// Brings the API's published schemas along; `scripts/test` installs it where it can be had.
    private static let validator = Program.repository.appending(path: ".build/python/bin/kubernetes-validate")

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Program.sample("kubernetes/\(name)"), encoding: .utf8)
    }

    @Test(
        "are what the API takes",
        .enabled(if: FileManager.default.isExecutableFile(atPath: validator.path)),
        arguments: names
    )
    func schemas(name: String) async throws {
        let arguments = ["--strict", Program.sample("kubernetes/\(name)").path]
        let outcome = try await Program.run(Self.validator.path, arguments, folder: Program.repository)
        #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
    }

    @Test("give flags that an import has", arguments: ["job.yaml", "cronjob.yaml"])
    func flags(name: String) async throws {
        let help = try await Desk.help("import")
        let flags = try text(name).matches(of: /- (--[a-z-]+)/).map { String($0.1) }
        #expect(flags.count >= 4)
        for flag in flags { #expect(help.contains("\(flag) ") || help.contains("\(flag),"), "\(flag)") }
    }

    @Test("give variables that an import reads, and a ledger whose password it does not show")
    func variables() async throws {
        let lines = try text("secret.yaml").split(separator: "\n")
        let pairs = lines.compactMap { $0.wholeMatch(of: /\s+(P[A-Z_]+): (.+)/) }.map { (String($0.1), String($0.2)) }
        #expect(pairs.count == 6)
        let folder = try TemporaryFolder()
        let environment = Dictionary(uniqueKeysWithValues: pairs).merging(["HOME": folder.path]) { $1 }
        let show = try await Program(
            try Program.built("pinglink"),
            ["config", "show", "--json"],
            environment: environment,
            folder: folder.url
        ).outcome()
        #expect(show.exitCode == 0, "\(show.errors)")
        for (name, _) in pairs { #expect(show.output.contains("\"\(name)\""), "\(name)") }
        #expect(!show.output.contains("the-password") && !show.output.contains("the-secret"))
    }
}

extension Desk {
    /// All of a command's help.
    fileprivate static func help(_ command: String) async throws -> String {
        let folder = try TemporaryFolder()
        return try await Program(
            try Program.built("pinglink"),
            [command, "--help"],
            environment: ["HOME": folder.path],
            folder: folder.url
        ).outcome().output
    }
}
