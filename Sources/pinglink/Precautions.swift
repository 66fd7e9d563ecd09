import CLibCrypto
import Glibc

/// What the process settles with the system before it does anything.
enum Precautions {
    /// To be called first, while there is one thread only.
    static func take() {
        // A file that may not grow any more (ulimit -f) is a failed write like others, to be told and survived.
        signal(SIGXFSZ, SIG_IGN)
        // Where it was ignored, the system would say of no child of ours how it has ended.
        signal(SIGCHLD, SIG_DFL)
        // A core file would hold the secret, the tokens and rows.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        // libcurl would write the keys of its TLS sessions there, which reveal the credentials to whoever has the traffic.
        unsafe unsetenv("SSLKEYLOGFILE")
        // When the process ends, another thread may be in the middle of a TLS handshake, and needs what would be freed.
        _ = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
        if getpid() == 1 { endAtSignals() }
        runInBatches()
    }

    /// From process 1, as a container's program is, the system keeps signals that have no handler: without one SIGTERM and
    /// Ctrl-C would do nothing to a command that does not take them over (``Signals``).
    private static func endAtSignals() {
        for number in [SIGHUP, SIGINT, SIGTERM] where !Signals.isIgnored(number) {
            signal(number) { _exit(128 + $0) }
        }
    }

    /// `SCHED_BATCH` of sched(7), which Swift's Glibc does not show.
    private static let batchPolicy: CInt = 3

    /// Lets a thread that wakes up, because an answer has come, wait until the one that runs has done its piece of work:
    /// with a thread for each request in flight they would interrupt each other, and a server on the same machine, at each
    /// answer. New threads inherit it. Whoever has chosen another policy (`chrt`) keeps it; where the system refuses, all
    /// works as well.
    private static func runInBatches() {
        guard sched_getscheduler(0) == SCHED_OTHER else { return }
        var priority = sched_param(sched_priority: 0)
        _ = unsafe sched_setscheduler(0, batchPolicy, &priority)
    }
}
