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
        let firstSignal = Mutex<ContinuousClock.Instant?>(nil)
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
                // timeout(1) sends its signal to us and to our process group: that is one signal, not two.
                if let last = phase.firstSignal.withLock({ $0 }), last.duration(to: .now) < .milliseconds(5) {
                    return
                }
                guard phase.isRunning.load(ordering: .acquiring), !control.signal.isRaised else {
                    // The ledger needs no goodbye: what is not settled in it is settled by the next run.
                    Console.shared.leave(with: 128 + number)
                }
                phase.firstSignal.withLock { $0 = .now }
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
