import Glibc
import Pacing
import PingOneClient
import Synchronization

/// SIGINT, SIGTERM, and SIGHUP unless it was ignored at the start, as nohup does: the first lets the run drain, the second
/// leaves at once. SIGPIPE does nothing.
final class Signals: Sendable {
    /// Whether there is something in flight that is worth waiting for.
    private let isRunning = Atomic(false)

    /// Takes the signals over from the system, on a thread of its own that nothing else can keep busy. To be called before
    /// there are other threads: they must not get the signals either.
    ///
    /// `announce`: called with the first one, which either comes before the run has begun or lets it drain.
    /// - Throws: a failure where there are too few threads for a run.
    init(control: RunControl, announce: @escaping @Sendable (_ hasBegun: Bool) -> Void) throws {
        try MachineRoom.checkThreads()
        // Whoever reads the log or the summary may be gone before the run is over: that must not end it in the middle.
        signal(SIGPIPE, SIG_IGN)
        let numbers = [SIGINT, SIGTERM] + (Self.isIgnored(SIGHUP) ? [] : [SIGHUP])
        var watched = sigset_t()
        unsafe sigemptyset(&watched)
        for number in numbers {
            unsafe sigaddset(&watched, number)
            signal(number, SIG_DFL)
        }
        unsafe pthread_sigmask(SIG_BLOCK, &watched, nil)
        try MachineRoom.thread { [self, watched] in
            watch(watched, control, announce)
        }
    }

    /// From now on a first signal drains the run.
    func runBegins() {
        isRunning.store(true, ordering: .releasing)
    }

    private func watch(_ watched: sigset_t, _ control: RunControl, _ announce: (_ hasBegun: Bool) -> Void) -> Never {
        var watched = watched
        var first: ContinuousClock.Instant?
        while true {
            var number: Int32 = 0
            guard unsafe sigwait(&watched, &number) == 0 else { continue }
            // timeout(1) sends its signal to us and to our process group: that is one signal, not two.
            if let first, first.duration(to: .now) < .milliseconds(5) { continue }
            let hasBegun = isRunning.load(ordering: .acquiring)
            guard hasBegun, !control.signal.isRaised else {
                if !hasBegun { announce(false) }
                // The ledger needs no goodbye: what is not settled in it is settled by the next run.
                Console.shared.leave(with: 128 + number)
            }
            first = .now
            control.stop(.signal(number))
            announce(true)
        }
    }

    /// Whether whoever started this process wants it to be ignored.
    static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        // SIG_IGN is the number 1, not a function.
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}
