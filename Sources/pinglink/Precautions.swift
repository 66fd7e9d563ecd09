import Glibc

/// What the process settles with the system before it does anything.
enum Precautions {
    /// To be called first, while there is one thread only.
    static func take() {
        // A file that may not grow any more (ulimit -f) is a failed write like others, to be told and survived.
        signal(SIGXFSZ, SIG_IGN)
        // A core file would hold the secret, the tokens and rows.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        // libcurl would write the keys of its TLS sessions there, which reveal the credentials to whoever has the traffic.
        unsetenv("SSLKEYLOGFILE")
    }
}
