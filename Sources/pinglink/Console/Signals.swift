import Dispatch
import Glibc
import LinkImport
import Pacing
import Synchronization

/// SIGINT and SIGTERM: the first lets the run drain, the second leaves at once. SIGPIPE does nothing.
final class Signals {
    /// Whether there is something in flight that is worth waiting for.
    private final class Phase: Sendable {
        let isRunning = Atomic(false)
    }

    private let phase = Phase()
    private let sources: [any DispatchSourceSignal]

    /// Takes the signals over from the system.
    ///
    /// `announce`: called with the first one.
    init(control: RunControl, announce: @escaping @Sendable () -> Void) {
        // Whoever reads the log or the summary may be gone before the run is over: that must not end it in the middle.
        signal(SIGPIPE, SIG_IGN)
        let queue = DispatchQueue(label: "pinglink.signals")
        sources = [SIGINT, SIGTERM].map { [phase] number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                guard phase.isRunning.load(ordering: .acquiring), !control.signal.isRaised else {
                    // The ledger needs no goodbye: what is not settled in it is settled by the next run.
                    _exit(128 + number)
                }
                control.stop(.signal(number))
                announce()
            }
            source.resume()
            return source
        }
    }

    /// From now on a first signal drains the run.
    func runBegins() {
        phase.isRunning.store(true, ordering: .releasing)
    }
}
