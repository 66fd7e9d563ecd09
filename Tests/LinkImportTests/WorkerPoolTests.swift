import HTTPTransport
import ImportTestKit
import Ledger
import Synchronization
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("The workers of a run")
struct WorkerPoolTests {
    @Test("all work is done when they have finished, also after the run was stopped", arguments: [1, 3, 16])
    func allIsDone(workers: Int) throws {
        let bench = try ClientBench(ScriptedTransport([]))
        let done = Mutex<[Int]>([])
        let pool = WorkerPool(workers: workers, session: bench.session) { _ in }
        for number in 1...1000 {
            if number == 500 { bench.control.stop(.signal(15)) }
            pool.submit { _ in done.withLock { $0.append(number) } }
        }
        pool.finish()
        #expect(done.withLock { $0 }.sorted() == Array(1...1000))
    }

    @Test("one worker does its work in the order in which it came")
    func order() throws {
        let bench = try ClientBench(ScriptedTransport([]))
        let done = Mutex<[Int]>([])
        let pool = WorkerPool(workers: 1, session: bench.session) { _ in }
        for number in 1...100 { pool.submit { _ in done.withLock { $0.append(number) } } }
        pool.finish()
        #expect(done.withLock { $0 } == Array(1...100))
    }

    @Test("the first row alone: the others wait until it is done", arguments: [1, 8])
    func firstRow(workers: Int) throws {
        let bench = try ClientBench(ScriptedTransport([]))
        let canaries = Mutex<[Bool]>([])
        let pool = WorkerPool(workers: workers, session: bench.session) { _ in }
        pool.submit { _ in }
        for row in 1...50 {
            pool.submitRow { _, isCanary in canaries.withLock { $0.append(isCanary) } }
            if row == 1 { #expect(canaries.withLock { $0 } == [true]) }
        }
        pool.finish()
        #expect(canaries.withLock { $0 } == [true] + Array(repeating: false, count: 49))
    }

    @Test("each worker sends with a caller of its own")
    func callers() throws {
        let bench = try ClientBench(ScriptedTransport([]))
        let callers = Mutex<Set<ObjectIdentifier>>([])
        let pool = WorkerPool(workers: 4, session: bench.session) { _ in }
        for _ in 1...200 {
            pool.submit { caller in _ = callers.withLock { $0.insert(ObjectIdentifier(caller)) } }
        }
        pool.finish()
        #expect((1...4).contains(callers.withLock { $0.count }))
    }

    @Test(
        "where the system has threads for some of them only, it goes on with those and says so",
        arguments: [(0, 1), (5, 1), (6, 1), (8, 3), (12, 7)]
    )
    func shortage(room: Int, expected: Int) throws {
        let bench = try ClientBench(ScriptedTransport([]))
        let callers = Mutex<Set<ObjectIdentifier>>([])
        var events: [RunEvent] = []
        let pool = WorkerPool(workers: 8, session: bench.session, report: { events.append($0) }, room: { _ in room })
        for _ in 1...500 {
            pool.submit { caller in _ = callers.withLock { $0.insert(ObjectIdentifier(caller)) } }
        }
        pool.finish()
        #expect((1...expected).contains(callers.withLock { $0.count }))
        #expect(
            events == [
                .warning(
                    "The system has threads for \(expected) of 8 requests in flight only (--concurrency): going on with "
                        + "\(expected). Raise the limit of processes (ulimit -u, a container's pids limit) for more."
                )
            ]
        )
    }

    @Test("a run over a ledger looks the environment up, works, and stops when the ledger fails")
    func work() throws {
        let bench = try ClientBench(ScriptedTransport([.reply(.problem(403, "ACCESS_FAILED"))]))
        let events = Mutex<[RunEvent]>([])
        let failure = LedgerError.writeFailed(path: "x.ledger", reason: "disk full")
        let done = Atomic(0)
        #expect(throws: failure) {
            try bench.session.work(workers: 2, report: { event in events.withLock { $0.append(event) } }) {
                pool throws(LedgerError) in
                for _ in 1...10 { pool.submit { _ in done.add(1, ordering: .relaxed) } }
                throw failure
            }
        }
        #expect(done.load(ordering: .relaxed) == 10)
        #expect(bench.control.reason == .ledger(failure))
        #expect(
            events.withLock { $0 } == [
                .warning("The environment could not be looked up (HTTP 403 ACCESS_FAILED); going on without.")
            ]
        )
    }
}
