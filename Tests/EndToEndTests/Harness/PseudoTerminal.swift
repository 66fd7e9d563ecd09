import Foundation

/// Runs a program as on a terminal of a person: standard input, output and error are a pseudo-terminal.
///
/// What the program writes is ``Program/errors`` while it goes on. SIGINT is the key Ctrl-C; SIGUSR1 makes the window
/// as wide as the next of its widths.
enum PseudoTerminal {
    private static let script = """
        import fcntl, os, pty, signal, struct, sys, termios

        widths = [int(width) for width in sys.argv[1].split(",")]

        def resize(descriptor):
            fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, widths.pop(0), 0, 0))

        signal.signal(signal.SIGINT, lambda *_: os.write(master, b"\\x03"))
        signal.signal(signal.SIGUSR1, lambda *_: resize(master))
        # Whoever starts this from a thread of Dispatch hands on a mask that blocks them.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT, signal.SIGUSR1])
        child, master = pty.fork()
        if child == 0:
            resize(0)
            os.execv(sys.argv[2], sys.argv[2:])
        widths.pop(0)
        try:
            while data := os.read(master, 65536):
                os.write(2, data)
        except OSError:
            pass
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """

    /// Starts pinglink at the desk. `widths`: the columns of the window, now and later.
    static func start(
        _ desk: Desk,
        _ arguments: [String],
        widths: [Int],
        environment changes: [String: String]
    ) throws -> Program {
        let list = widths.map(String.init).joined(separator: ",")
        return try Program(
            URL(filePath: "/usr/bin/env"),
            ["python3", "-c", script, list, try Program.built("pinglink").path] + arguments,
            environment: desk.environment.merging(["PATH": "/usr/bin:/bin:/usr/local/bin"]) { $1 }
                .merging(changes) { $1 },
            folder: desk.folder.url
        )
    }
}
