import CChildProcess
import Glibc
import RawPaths

/// A command of the shell whose output is wanted.
///
/// It runs in a session of its own, without a terminal, input or descriptors of this process, and ends with the thread
/// that runs it at the latest.
package struct ShellCommand: Sendable, Equatable {
    package enum Ending: Sendable, Equatable {
        /// By itself, with what it has printed.
        case exited(code: Int32, output: [UInt8])
        case killed(signal: Int32)
        /// It took too long.
        case late
        /// It printed more than it may.
        case excessive
        /// It was no longer wanted.
        case stopped
        /// It did not begin; in the system's words.
        case notStarted(reason: String)
    }

    /// As `sh -c` takes it.
    package var text: String
    /// Variables of this process's environment that it does not get.
    package var hiddenVariables: [String]

    package init(_ text: String, hidingVariables hiddenVariables: [String] = []) {
        self.text = text
        self.hiddenVariables = hiddenVariables
    }

    /// Runs it; blocks until it has ended. What is in the background still is left alone, unless it has to be stopped.
    ///
    /// - Parameters:
    ///   - limit: how long it may take.
    ///   - most: how many bytes it may print.
    ///   - isUnwanted: asked now and then; true ends it.
    ///   - pass: gets what it writes to its standard error, line by line.
    /// - Returns: how it ended.
    package func run(
        limit: Duration,
        most: Int,
        unless isUnwanted: () -> Bool,
        passing pass: (String) -> Void
    ) -> Ending {
        var shell = pinglink_shell()
        let names = unsafe hiddenVariables.map { unsafe strdup($0) }
        defer { unsafe names.forEach { unsafe free($0) } }
        let error = unsafe (names.map { unsafe UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { names in
            unsafe pinglink_start_shell(text.pathBytes, names.baseAddress, &shell)
        }
        guard error == 0 else { return .notStarted(reason: unsafe String(cString: strerror(error))) }
        var output = ReadingEnd(shell.output)
        var errors = ReadingEnd(shell.errors)
        defer {
            output.close()
            errors.close()
        }
        let deadline = ContinuousClock.now + limit
        var lines = LineCutter()
        while true {
            Self.wait(for: [output, errors])
            // Asked before the last look at the pipes: what it has written is in them then.
            let status = Self.status(of: shell.process)
            let isTooMuch = !output.read(atMost: most)
            lines.take(errors.takeAll(), pass)
            if let status {
                lines.end(pass)
                if isTooMuch { return .excessive }
                return status.signal.map { .killed(signal: $0) } ?? .exited(code: status.code, output: output.bytes)
            }
            let ending: Ending? =
                isTooMuch ? .excessive : isUnwanted() ? .stopped : ContinuousClock.now < deadline ? nil : .late
            if let ending {
                Self.end(shell.process)
                lines.take(errors.takeAll(), pass)
                lines.end(pass)
                return ending
            }
        }
    }

    /// How often it is looked whether it is still wanted, in milliseconds.
    private static let tick: Int32 = 20

    private static func wait(for ends: [ReadingEnd]) {
        var polls = ends.filter { !$0.isAtEnd }.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        // Once it has closed both, what remains is its end, which comes at once.
        _ = unsafe poll(&polls, nfds_t(polls.count), polls.isEmpty ? 1 : tick)
    }

    /// Nil while it runs.
    private static func status(of process: pid_t) -> (code: Int32, signal: Int32?)? {
        var status: Int32 = 0
        guard unsafe waitpid(process, &status, WNOHANG) == process else { return nil }
        let signal = status & 0x7F
        return (code: (status >> 8) & 0xFF, signal: signal == 0 ? nil : signal)
    }

    /// Asks it and its children to end, and kills them when they do not within a second.
    private static func end(_ process: pid_t) {
        kill(-process, SIGTERM)
        for _ in 0..<100 {
            if status(of: process) != nil {
                // Its children may go on.
                kill(-process, SIGKILL)
                return
            }
            // waitpid(2) has no time limit.
            usleep(10_000)
        }
        kill(-process, SIGKILL)
        var status: Int32 = 0
        _ = unsafe waitpid(process, &status, 0)
    }
}

/// The end of a pipe from which is read without waiting.
private struct ReadingEnd {
    let descriptor: Int32
    private(set) var bytes: [UInt8] = []
    private(set) var isAtEnd = false

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Reads what is there, and keeps it; false where that is more than so many bytes.
    mutating func read(atMost most: Int = .max) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !isAtEnd, bytes.count <= most {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { break }
            if count <= 0 { isAtEnd = true } else { bytes += chunk[..<count] }
        }
        return bytes.count <= most
    }

    /// Reads a piece of what is there, and keeps nothing.
    mutating func takeAll() -> [UInt8] {
        defer { bytes = [] }
        _ = read(atMost: 65_536)
        return bytes
    }

    func close() {
        _ = Glibc.close(descriptor)
    }
}

/// Cuts what comes in pieces into lines; one that is very long into several.
private struct LineCutter {
    private var begun: [UInt8] = []
    private static let longest = 4096

    mutating func take(_ bytes: [UInt8], _ pass: (String) -> Void) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                pass(String(decoding: begun, as: UTF8.self))
                begun = []
            } else {
                begun.append(byte)
                if begun.count == Self.longest { end(pass) }
            }
        }
    }

    mutating func end(_ pass: (String) -> Void) {
        guard !begun.isEmpty else { return }
        pass(String(decoding: begun, as: UTF8.self))
        begun = []
    }
}
