import TestKit
import Testing

@testable import Pacing

@Suite("A queue of threads at a door")
struct TurnQueueTests {
    @Test("lets one thread in at a time, and forgets none")
    func oneAtATime() async {
        let queue = TurnQueue()
        let counts = Shared((inside: 0, most: 0, passages: 0))
        await withTaskGroup { group in
            for _ in 1...16 {
                group.addTask {
                    await onThread {
                        for _ in 1...200 {
                            queue.enter()
                            counts.update { counts in
                                counts.inside += 1
                                counts.most = max(counts.most, counts.inside)
                                counts.passages += 1
                            }
                            counts.update { $0.inside -= 1 }
                            queue.leave()
                        }
                    }
                }
            }
        }
        #expect(counts.current == (inside: 0, most: 1, passages: 3_200))
    }
}
