import Foundation
import Glibc
import TestKit
import Testing

@Suite("What a run settles with the system", .timeLimit(.minutes(10)))
struct PrecautionsTests {
    @Test("all threads of an import run in batches, so that answers do not make them interrupt each other")
    func batches() async throws {
        try await Desk.with("--faults", "stall=1,only=POST") { desk in
            try desk.folder.write("users.csv", "userID,externalId\n\(Rows.user(1)),a-1\n")
            let run = try desk.start(["import", "users.csv"])
            try await desk.simulator.hasSeen(posts: 1)
            let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(run.processID)/task")
            #expect(threads.count > 1)
            let batchPolicy: CInt = 3  // SCHED_BATCH
            #expect(threads.compactMap { pid_t($0) }.allSatisfy { sched_getscheduler($0) == batchPolicy })
            run.send(SIGKILL)
            _ = await run.outcome()
        }
    }
}
