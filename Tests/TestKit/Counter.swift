import Synchronization

/// A number that several threads count up, from 0.
package final class Counter: Sendable {
    private let count = Mutex(0)

    package init() {}

    package var value: Int { count.withLock { $0 } }

    /// - Returns: the number after it: 1 the first time.
    @discardableResult
    package func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
