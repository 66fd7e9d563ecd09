package import Dispatch
import Synchronization

/// A flag that is raised once and wakes everybody who waits on it; any thread may raise it, ask it or wait on it.
package final class StopSignal: Sendable {
    /// Entered once by `init` and left once by `raise()`, so that waiting for the group is waiting for the signal.
    private let group = DispatchGroup()
    private let raised = Atomic(false)
    private let announcements = DispatchQueue(label: "pinglink.stop-signal")

    package init() {
        group.enter()
    }

    deinit {
        // A dispatch group must not go away while it is entered.
        raise()
    }

    /// Raises the signal; the second and later calls do nothing.
    package func raise() {
        guard !raised.exchange(true, ordering: .acquiringAndReleasing) else { return }
        group.leave()
    }

    /// Whether the signal has been raised; it never goes back.
    package var isRaised: Bool {
        raised.load(ordering: .acquiring)
    }

    /// Blocks the calling thread until the signal is raised or the deadline has come, whichever is first.
    ///
    /// For worker threads, never inside a `Task`.
    /// - Returns: whether the signal was raised.
    @discardableResult
    package func wait(until deadline: DispatchTime = .distantFuture) -> Bool {
        group.wait(timeout: deadline) == .success
    }

    /// Calls `action` once, on a queue of the signal's own, as soon as the signal is raised (or goes away).
    ///
    /// For those who already block on something else and must be woken there.
    package func whenRaised(_ action: @escaping @Sendable () -> Void) {
        group.notify(queue: announcements, execute: action)
    }
}
