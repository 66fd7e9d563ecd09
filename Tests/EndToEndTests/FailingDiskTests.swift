import Foundation
import TestKit
import Testing

@Suite("A disk that fails at the n-th write", .patient)
struct FailingDiskTests {
    /// Whether it says which file, what happened, and what to do.
    private func isTold(_ outcome: Outcome) -> Bool {
        let opening =
            /users\.csv\.ledger: the ledger cannot be created or opened for writing: .+\. Correct that, then run/
        let writing =
            /users\.csv\.ledger: the ledger cannot be written: .+\. Nothing recorded is lost; correct that, then run/
        return outcome.errors.contains(outcome.exitCode == 73 ? opening : writing)
    }

    @Test(
        "under a ledger, for every n: the run says so with 73 or 74, the next one ends it, and nothing is linked twice",
        arguments: 1...6
    )
    func everyWrite(first: Int) async throws {
        let disk = try await FailingDisk()
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv([0]))
            #expect(try await desk.importing("users.csv").outcome.exitCode == 0)
            let ledger = try #require(desk.folder.bytes("users.csv.ledger"))

            var failed: Set<Int32> = []
            for call in stride(from: first, to: .max, by: 6) {
                try Task.checkCancellation()
                let trouble = (call / 6).isMultiple(of: 2) ? FailingDisk.Trouble.full : .oneError
                let place = Desk(folder: try TemporaryFolder(), simulator: desk.simulator)
                try ledger.write(to: place.folder.file("users.csv.ledger"))
                try place.folder.write("users.csv", Rows.csv([0, call]))
                let outcome = try await place.pinglink(
                    "import",
                    "users.csv",
                    "--rate",
                    "2000",
                    environment: disk.environment(trouble, of: "users.csv.ledger", at: call)
                )
                guard outcome.exitCode != 0 else { break }
                failed.insert(outcome.exitCode)
                #expect(isTold(outcome), "\(call): \(outcome.errors)")
                // What cannot even be opened is no different the next time.
                guard outcome.exitCode == 74 else { continue }

                let (again, summary) = try await place.importing("users.csv")
                #expect(again.exitCode == 0, "\(call): \(again.errors)")
                #expect((1...2).contains(summary.skipped), "what was recorded before is not lost")
                #expect(try place.folder.names == ["users.csv", "users.csv.ledger"])
            }
            #expect(failed.contains(74) && failed.isSubset(of: [73, 74]))
            let links = try await desk.simulator.links()
            #expect(Set(links.map(\.externalID)).count == links.count)
            #expect(try await desk.simulator.journal().brokenPromises == [])
        }
    }

    @Test("under a ledger that is being made: 73, nothing is sent, and what is left of it does not matter")
    func creation() async throws {
        let disk = try await FailingDisk()
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            for call in stride(from: 1, through: 50, by: 7) {
                let outcome = try await desk.pinglink(
                    "import",
                    "users.csv",
                    environment: disk.environment(.full, of: "users.csv.ledger", at: call)
                )
                #expect(outcome.exitCode == 73, "\(call): \(outcome.errors)")
                #expect(isTold(outcome), "\(call): \(outcome.errors)")
            }
            #expect(try await desk.simulator.counters().requests == 0)
            #expect(try await desk.importing("users.csv").outcome.exitCode == 0)
        }
    }

    @Test("under the rejects: 74, the earlier file stays whole, and the ledger has every row", arguments: 1...2)
    func rejects(call: Int) async throws {
        let disk = try await FailingDisk()
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv([1]) + "carla,2\n")
            #expect(try await desk.importing("users.csv").outcome.exitCode == 1)
            let before = try desk.folder.text("users.csv.rejects.csv")

            try desk.folder.write("users.csv", Rows.csv(1...2) + "carla,2\nleslie,3\n")
            let failure = disk.environment(.full, of: ".rejects.csv", at: call)
            let (outcome, summary) = try await desk.importing("users.csv", environment: failure)
            #expect(outcome.exitCode == 74)
            #expect(
                outcome.messages.contains(
                    "pinglink: error: users.csv.rejects.csv: cannot be written: No space left on device. The ledger has "
                        + "every row's result: use pinglink export, or correct that and run again.\n"
                )
            )
            #expect(summary.linked == 1)
            #expect(summary.invalid == 2)
            #expect(try desk.folder.text("users.csv.rejects.csv") == before)

            #expect(try await desk.importing("users.csv").outcome.exitCode == 1)
            #expect(try desk.folder.text("users.csv.rejects.csv").split(separator: "\n").count == 3)
            #expect(try desk.folder.names == ["users.csv", "users.csv.ledger", "users.csv.rejects.csv"])
        }
    }
}
