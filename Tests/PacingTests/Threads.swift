import Dispatch
import Synchronization

/// Runs blocking work on a thread of its own, so that no task of the test's blocks.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        DispatchQueue(label: "test-worker").async { continuation.resume(returning: work()) }
    }
}

/// A value that several test threads change.
final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) {
        self.value = Mutex(value)
    }

    var current: Value {
        value.withLock { $0 }
    }

    func update<Result: Sendable>(_ change: (inout Value) -> Result) -> Result {
        value.withLock { change(&$0) }
    }
}
