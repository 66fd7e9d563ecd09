import Dispatch
import Locking
import Testing

@Suite("A mutex for what every request passes")
struct HotMutexTests {
    @Test("no addition of many threads is lost")
    func additions() async {
        let count = HotMutex(0)
        await withCheckedContinuation { done in
            let group = DispatchGroup()
            for number in 1...8 {
                DispatchQueue(label: "adder \(number)").async(group: group) {
                    for _ in 0..<10_000 { count.withLock { $0 += 1 } }
                }
            }
            group.notify(queue: DispatchQueue(label: "done")) { done.resume() }
        }
        #expect(count.withLock { $0 } == 80_000)
    }

    private struct Refusal: Error, Equatable {}

    @Test("an error of the body is thrown on, and the mutex is free again")
    func error() {
        let value = HotMutex(1)
        #expect(throws: Refusal()) {
            try value.withLock { value throws(Refusal) in
                value = 2
                throw Refusal()
            }
        }
        #expect(value.withLock { $0 } == 2)
    }
}
