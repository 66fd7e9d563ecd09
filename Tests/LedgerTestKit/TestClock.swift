package import Foundation
import Ledger
import Synchronization

/// A wall clock that moves by hand, from ``moment`` on.
package final class TestClock: Sendable {
    private let milliseconds = Mutex(moment.millisecondsSince1970)

    package init() {}

    package var now: Date { milliseconds.withLock { Date(millisecondsSince1970: $0) } }

    package func advance(by more: Int) {
        milliseconds.withLock { $0 += Int64(more) }
    }
}
