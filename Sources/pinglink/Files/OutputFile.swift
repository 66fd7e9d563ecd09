import DurableSteps
import Glibc
import RawPaths

/// Where a command writes records: the file of `--output`, which only its owner may read, or standard output.
enum OutputFile {
    /// - Parameters:
    ///   - path: nil for standard output, on which a terminal gets no control characters; a file that is there is written
    ///     over.
    ///   - body: is given what takes the next bytes.
    /// - Throws: a failure that names the file, or what `body` throws.
    static func write(to path: String?, _ body: (([UInt8]) throws -> Void) throws -> Void) throws {
        guard let path else {
            let isTerminal = isatty(1) == 1
            try body { bytes in
                // Whole records, so no character is cut in two. Files and other programs get the text as it is.
                let shown = isTerminal ? Array(TerminalText.safe(String(decoding: bytes, as: UTF8.self)).utf8) : bytes
                try write(shown, to: 1) { failureOfStandardOutput }
            }
            return
        }
        let descriptor = unsafe open(path.pathBytes, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path, of: "--output") }
        DurableStep.reached(.outputBegun)
        do {
            try body { try write($0, to: descriptor) { failure(path, of: "--output") } }
        } catch {
            close(descriptor)
            throw error
        }
        guard close(descriptor) == 0 else { throw failure(path, of: "--output") }
        DurableStep.reached(.outputWritten)
    }

    /// Whether the file could be made, for a command that has long to do before it writes.
    ///
    /// `flag`: the one that names another file.
    static func checkFolder(of path: String, flag: String) throws {
        let folder = path.lastIndex(of: "/").map { path[..<$0].isEmpty ? "/" : String(path[..<$0]) } ?? "."
        guard unsafe access(folder.pathBytes, W_OK) == 0 else { throw failure(path, of: flag) }
    }

    /// Whether a new file could take this one's place, by making one beside it for a moment.
    ///
    /// - Returns: the system's reason why not; nil when it could.
    static func obstacle(toReplacing path: String) -> String? {
        // As long as `.part`, which a run over the same input may be writing just now.
        let probe = path + "." + ("000" + String(getpid(), radix: 36)).suffix(4)
        let descriptor = unsafe open(probe.pathBytes, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return unsafe errno == EEXIST ? nil : String(cString: strerror(errno)) }
        close(descriptor)
        return unsafe unlink(probe.pathBytes) == 0 ? nil : String(cString: strerror(errno))
    }

    /// `failure`: made at once where the system refuses it.
    private static func write(
        _ bytes: [UInt8],
        to descriptor: Int32,
        _ failure: () -> CommandFailure
    ) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure()
            }
            rest = rest.dropFirst(count)
        }
    }

    /// What the system has just said of a file.
    private static func failure(_ path: String, of flag: String) -> CommandFailure {
        failure(path, reason: unsafe String(cString: strerror(errno)), flag: flag)
    }

    /// `flag`: the one that names another file.
    static func failure(_ path: String, reason: String, flag: String) -> CommandFailure {
        CommandFailure(
            message: "\(path): cannot be written: \(reason). Check the folder, or name another file with \(flag).",
            code: 74
        )
    }

    private static var failureOfStandardOutput: CommandFailure {
        let reason = unsafe String(cString: strerror(errno))
        return CommandFailure(
            message: "standard output: cannot be written: \(reason). Free space there, or write elsewhere.",
            code: 74
        )
    }
}
