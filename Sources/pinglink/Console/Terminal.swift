import Glibc

/// What standard error is, and what it can show.
struct Terminal: Equatable {
    let isTerminal: Bool
    /// Whether it moves its cursor when it is told to: not where `TERM` is `dumb` or missing.
    let understandsEscapes: Bool
    /// Not where `NO_COLOR` is set (https://no-color.org).
    let showsColour: Bool

    init(isTerminal: Bool, environment: [String: String]) {
        self.isTerminal = isTerminal
        let kind = environment["TERM"] ?? ""
        understandsEscapes = isTerminal && !kind.isEmpty && kind != "dumb"
        showsColour = understandsEscapes && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// The columns of standard error as they are now; 80 where there is no telling.
    static var width: Int {
        var size = winsize()
        guard unsafe ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Whether the terminal is this process's to draw on: not while a shell has it in the background (`Ctrl-Z`, `bg`).
    static var isOurs: Bool {
        let foreground = tcgetpgrp(2)
        return foreground < 0 || foreground == getpgrp()
    }
}
