import Dispatch

/// Runs blocking work on a thread of its own and waits for it without blocking the test's.
package func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "pinglink.test").async {
            continuation.resume(with: Result { try work() })
        }
    }
}
