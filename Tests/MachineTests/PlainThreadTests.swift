import Dispatch
import Machine
import Synchronization
import Testing

@Suite("A thread of the system's own")
struct PlainThreadTests {
    @Test("does its work and has ended when it was joined")
    func work() throws {
        let done = Atomic(0)
        let threads = try (0..<8).map { _ in
            try PlainThread { done.add(1, ordering: .sequentiallyConsistent) }
        }
        for thread in threads { thread.join() }
        #expect(done.load(ordering: .sequentiallyConsistent) == 8)
    }

    @Test("there is room for some", arguments: [0, 1, 20])
    func room(count: Int) {
        #expect(PlainThread.room(upTo: count) == count)
    }
}
