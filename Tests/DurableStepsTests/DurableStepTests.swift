import DurableSteps
import Foundation
import Testing

@Suite("Steps at which a debug build can die")
struct DurableStepTests {
    @Test("the process dies by SIGKILL at the step that was asked for, whichever thread reaches it")
    func dies() async {
        await #expect(processExitsWith: .signal(SIGKILL)) {
            setenv("PINGLINK_DIE_AT", "3", 1)
            DurableStep.reached(.lockTaken)
            DispatchQueue(label: "another thread").sync { DurableStep.reached(.runBegun) }
            DispatchQueue(label: "and another one").async { DurableStep.reached(.runEnded) }
            while true { sleep(1) }
        }
        await #expect(processExitsWith: .success) {
            setenv("PINGLINK_DIE_AT", "3", 1)
            for _ in 1...2 { DurableStep.reached(.runBegun) }
        }
    }

    @Test("a process that was not asked to die goes on")
    func lives() async {
        await #expect(processExitsWith: .success) {
            for _ in 1...100 { DurableStep.reached(.intentsCommitted) }
        }
    }
}
