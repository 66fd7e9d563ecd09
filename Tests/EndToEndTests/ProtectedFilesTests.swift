import Foundation
import TestKit
import Testing

@Suite("An output never replaces an input or a ledger", .serialized, .patient)
struct ProtectedFilesTests {
    @Test("whatever name it has")
    func outputs() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5))
            try desk.folder.write("other.csv", Rows.csv(6...9))
            for file in ["users.csv", "other.csv"] {
                let outcome = try await desk.pinglink("import", file, "--rate", "2000", "--ledger", "\(file).ledger")
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
            }
            let links = "ln -s users.csv symbolic; ln users.csv hard; ln users.csv.ledger ledger; ln -s . folder"
            _ = try await Program.run("sh", ["-c", links], folder: desk.folder.url)
            let before = ["users.csv", "users.csv.ledger", "other.csv.ledger"].map { desk.folder.bytes($0) }
            let outputs = [
                "users.csv", "symbolic", "hard", "./users.csv", "folder/users.csv", desk.folder.path("users.csv"),
                "users.csv.ledger", "ledger", "users.csv.ledger-wal", "folder/users.csv.ledger-shm", "other.csv.ledger",
            ]
            for output in outputs {
                for command in ["report", "export", "verify"] {
                    let outcome = try await desk.pinglink(command, "users.csv.ledger", "--output", output)
                    #expect(outcome.exitCode == 64, "\(command) \(output)")
                    #expect(outcome.errors.contains("--output: \(output)"), "\(outcome.errors)")
                    #expect(outcome.errors.contains("Name another path."))
                }
            }
            #expect(before == ["users.csv", "users.csv.ledger", "other.csv.ledger"].map { desk.folder.bytes($0) })
            for flag in ["--rejects", "--retry-file"] {
                let outcome = try await desk.pinglink("import", "users.csv", flag, "other.csv.ledger")
                #expect(outcome.exitCode == 64)
                #expect(outcome.errors.contains("\(flag): other.csv.ledger is a ledger."), "\(outcome.errors)")
            }
            #expect(try await desk.pinglink("export", "users.csv.ledger", "-o", "results.csv").exitCode == 0)
            #expect(try await desk.pinglink("export", "users.csv.ledger", "-o", "results.csv").exitCode == 0)
        }
    }

    @Test("result files are written anew, also after they were imported")
    func resultFiles() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5) + "carla,6\n")
            for file in ["users.csv", "users.csv.rejects.csv", "users.csv"] {
                let outcome = try await desk.pinglink("import", file, "--rate", "2000")
                #expect(outcome.exitCode == 1, "\(outcome.errors)")
            }
        }
    }

    @Test("corrected rows that were imported are an input for every other output")
    func correctedRows() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5) + "carla,6\n")
            #expect(try await desk.pinglink("import", "users.csv", "--rate", "2000").exitCode == 1)
            let corrected = try desk.folder.text("users.csv.rejects.csv").replacing("carla", with: Rows.user(6))
            try desk.folder.write("users.csv.rejects.csv", corrected)
            try desk.folder.write("corrected.csv", corrected)
            for file in ["users.csv.rejects.csv", "corrected.csv"] {
                let outcome = try await desk.pinglink("import", file, "--ledger", "users.csv.ledger")
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
                let message = "\(file) is the file of an import of this ledger too"
                for command in ["report", "export", "verify"] {
                    let outcome = try await desk.pinglink(command, "users.csv.ledger", "--output", file)
                    #expect(outcome.exitCode == 64, "\(command) \(file)")
                    #expect(outcome.errors.contains("--output: \(message)"), "\(outcome.errors)")
                }
                let metrics = try await desk.pinglink("import", "users.csv", "--metrics-file", file)
                #expect(metrics.exitCode == 64)
                #expect(metrics.errors.contains(file), "\(metrics.errors)")
                #expect(try desk.folder.text(file) == corrected)
            }
        }
    }
}
