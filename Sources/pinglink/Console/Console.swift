import FoundationEssentials
import Glibc
import Logging
import Synchronization

/// Standard error as people see it: log lines, and one live line below them while something goes on.
///
/// A frame of the live line is one write: it goes over the frame before, which is not wiped out first, so that nothing
/// flickers. Afterwards the cursor is at the line's beginning again: whatever the terminal does with a line that becomes
/// wider than a shrinking window, all of it is then behind the cursor, where the next frame clears it away. Nor does a frame
/// wrap by itself, for a window may have shrunk before this process hears of it.
final class Console: Sendable {
    /// What standard error can do.
    let terminal: Terminal
    /// The live line as it is shown; empty when there is none.
    private let live = Mutex("")
    /// Nil for plain lines.
    private let failureLog = Mutex<Logger?>(nil)

    static let shared = Console(
        Terminal(isTerminal: isatty(2) == 1, environment: ProcessInfo.processInfo.environment)
    )

    private init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    /// Writes one log line above the live line.
    func log(_ line: String) {
        live.withLock { live in
            _ = Self.write(live.isEmpty ? line + "\n" : erasing(live) + line + "\n" + frame(live, over: ""), to: 2)
        }
    }

    /// Passes on a line that a program which we have started has written to its standard error.
    func pass(_ line: String) {
        if let logger = failureLog.withLock({ $0 }) {
            logger.notice("\(line)")
        } else {
            log(TerminalText.safe(line))
        }
    }

    /// Says why a command ends: in the log's format, once that is known.
    func fail(_ failure: CommandFailure) {
        if let logger = failureLog.withLock({ $0 }) {
            logger.error("\(failure.message)", metadata: ["exit_code": .stringConvertible(Int(failure.code))])
        } else {
            log("pinglink: " + TerminalText.message(failure.message))
        }
    }

    /// From now on failures are records of this log.
    func logFailures(to logger: Logger) {
        failureLog.withLock { $0 = logger }
    }

    /// Draws the live line anew, as `draw` makes it for the columns that there are now.
    func show(_ draw: (_ width: Int, _ isColoured: Bool) -> String) {
        live.withLock { live in
            guard Terminal.isOurs else {
                live = ""
                return
            }
            // The last column stays free: behind a character there, terminals begin a new line each in their own way.
            let line = draw(Terminal.width - 1, terminal.showsColour)
            _ = Self.write(frame(line, over: live), to: 2)
            live = line
        }
    }

    /// Takes the live line away.
    func endLiveLine() {
        live.withLock { end(&$0) }
    }

    /// Ends the process without a live line left behind, but does not wait for a terminal that takes no text.
    func leave(with code: Int32) -> Never {
        for _ in 0..<100 {
            live.withLockIfAvailable { live in
                end(&live)
                _exit(code)  // nobody draws any more
            }
            usleep(1000)
        }
        _exit(code)
    }

    private func end(_ live: inout String) {
        if !live.isEmpty { _ = Self.write(erasing(live), to: 2) }
        live = ""
    }

    private func frame(_ line: String, over earlier: String) -> String {
        guard !terminal.understandsEscapes else { return "\r\u{1B}[?7l\(line)\u{1B}[?7h\u{1B}[J\r" }
        return "\r\(line)\(String(repeating: " ", count: max(0, earlier.utf8.count - line.utf8.count)))\r"
    }

    private func erasing(_ line: String) -> String {
        terminal.understandsEscapes ? "\r\u{1B}[J" : frame("", over: line)
    }

    /// Writes all of it; a reader that went away is not our concern.
    ///
    /// - Returns: why it could not be written; nil when it was.
    static func write(_ text: String, to descriptor: Int32) -> String? {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                let code = errno
                return unsafe code == EPIPE || isHungUp(descriptor, code) ? nil : String(cString: strerror(code))
            }
            bytes = bytes.dropFirst(count)
        }
        return nil
    }

    /// Whether it was a terminal that is gone now: asked what it is, it has nothing but that error either.
    private static func isHungUp(_ descriptor: Int32, _ code: Int32) -> Bool {
        code == EIO && isatty(descriptor) == 0 && errno == EIO
    }

    /// Writes a command's result, to standard output unless that is taken: lines for people, or one JSON object.
    ///
    /// - Throws: a failure when it is lost, so that nobody takes its absence for a success.
    static func report(_ result: String, isJSON: Bool, to descriptor: Int32 = 1) throws {
        let text = (isJSON ? TerminalText.safeJSON(result) : TerminalText.safe(result)) + "\n"
        guard let reason = write(text, to: descriptor) else { return }
        throw CommandFailure(
            message: "standard output: cannot be written: \(reason). "
                + "The result could not be told; what else there was to do is done. Free space there, or write elsewhere.",
            code: 74
        )
    }
}
