import Foundation
import TestKit
import Testing

@Suite("What users get wrong: exit code, message, and nothing sent", .patient)
struct MisuseTests {
    @Suite("in flags and paths", .serialized, .sharedSimulator)
    struct Usage {
        @Test(arguments: Misuse.usage)
        func isRefused(_ misuse: Misuse) async throws { try await check(misuse) }
    }

    @Suite("in the connection", .serialized, .sharedSimulator)
    struct ConnectionSettings {
        @Test(arguments: Misuse.connection)
        func isRefused(_ misuse: Misuse) async throws { try await check(misuse) }
    }

    @Suite("in the configuration file and in headers", .serialized, .sharedSimulator)
    struct Headers {
        @Test(arguments: Misuse.configuration + Misuse.header)
        func isRefused(_ misuse: Misuse) async throws { try await check(misuse) }
    }

    @Suite("in the structure of the input", .serialized, .sharedSimulator)
    struct Structure {
        @Test(arguments: Misuse.structure)
        func isRefused(_ misuse: Misuse) async throws { try await check(misuse) }

        @Test("gzip that is cut off, with good rows before the cut")
        func truncatedGzip() async throws {
            try await Desk.with { desk in
                try desk.folder.write("users.csv", Rows.csv(1...5000))
                _ = try await Program.run("gzip", ["users.csv"], folder: desk.folder.url)
                let whole = try #require(desk.folder.bytes("users.csv.gz"))
                try whole.prefix(whole.count / 2).write(to: desk.folder.file("cut.csv"))
                let outcome = try await desk.pinglink("import", "cut.csv")
                #expect(outcome.exitCode == 65)
                let message = /pinglink: cut.csv: after line \d+: the gzip data is damaged or cut off. .*\n/
                #expect(try message.wholeMatch(in: outcome.errors) != nil, "\(outcome.errors)")
                #expect(try desk.folder.names == ["cut.csv", "users.csv.gz"])
                #expect(try await desk.simulator.counters().posts == 0)
            }
        }

        @Test("a file that may not be read", .enabled(if: geteuid() != 0, "root may read everything"))
        func forbidden() async throws {
            try await Desk.with { desk in
                try desk.folder.write("users.csv", Rows.csv([1]))
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0],
                    ofItemAtPath: desk.folder.path("users.csv")
                )
                let outcome = try await desk.pinglink("import", "users.csv")
                #expect(outcome.exitCode == 66)
                #expect(outcome.errors.contains("users.csv: cannot be read: Permission denied."))
            }
        }
    }
}

private func check(_ misuse: Misuse) async throws {
    let desk = Desk(folder: try TemporaryFolder(), simulator: try #require(SharedSimulator.current))
    try desk.folder.write("users.csv", Rows.csv(1...3))
    for (name, bytes) in misuse.files { try bytes.write(to: desk.folder.file(name)) }
    let before = try desk.folder.names.map { ($0, desk.folder.bytes($0)) }
    let outcome = try await desk.start(misuse.arguments, environment: misuse.environment, input: misuse.input).outcome()
    #expect(outcome.exitCode == misuse.exitCode, "\(outcome.errors)")
    #expect(outcome.messages.contains(misuse.message), "\(outcome.errors)")
    #expect(try await desk.simulator.counters().posts == 0)
    guard [64, 65, 66].contains(misuse.exitCode) else { return }
    #expect(outcome.output == "")
    #expect(try desk.folder.names == before.map(\.0), "nothing is left behind")
    for (name, bytes) in before { #expect(desk.folder.bytes(name) == bytes, "\(name) was changed") }
}
