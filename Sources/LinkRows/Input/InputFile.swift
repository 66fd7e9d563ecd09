package import CSVReading
import Glibc
import Machine
package import Pacing
import RawPaths

/// What an import reads: a file, which is read twice, or a stream, which can be read only once.
package final class InputFile: Sendable {
    /// As the user named it, or "standard input".
    package let name: String
    /// Whether it can be read from its start again: a regular file, but no pipe and no terminal.
    package let isRereadable: Bool
    /// When it was opened; of no meaning for a stream.
    private let byteCount: Int
    private let descriptor: Int32

    /// - Parameter path: `-` is standard input; a path that leads to no regular file by itself is read as that is.
    /// - Throws: `InputError.cannotRead` for what is missing, forbidden or a folder.
    package init(path: String) throws(InputError) {
        name = path == "-" ? "standard input" : RawPath.shown(path)
        let kind = FileKind(of: path)
        if path == "-" {
            descriptor = 0
        } else if case .stream(let number?) = kind {
            descriptor = number
        } else {
            descriptor = unsafe open(path.pathBytes, O_RDONLY | O_CLOEXEC)
        }
        guard descriptor >= 0 else { throw unsafe .cannotRead(name: name, reason: String(cString: strerror(errno))) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            if path != "-" { close(descriptor) }
            throw unsafe .cannotRead(name: name, reason: String(cString: strerror(EISDIR)))
        }
        byteCount = Int(status.st_size)
        isRereadable = path != "-" && kind == .regular
    }

    deinit {
        if descriptor > 0 { close(descriptor) }
    }

    /// SHA-256 over the bytes of a file as it holds them, as 64 hexadecimal digits; costs one reading and nothing else.
    ///
    /// `progress`: told now and then which share is read, 0 to 1.
    package func sha256(progress: (Double) -> Void) throws(InputError) -> String {
        precondition(isRereadable, "\(name) can be read only once")
        return try source().readDigest { progress(min(1, Double($0) / Double(max(1, byteCount)))) }
    }

    /// Whether the file has more bytes now than a reading has seen.
    func hasGrown(beyond bytes: Int) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_size > bytes
    }

    /// The bytes from the start; of a stream, from where it stands. One reading at a time.
    ///
    /// `stop` ends the waiting for the other end of a pipe. `expected`: what an earlier reading of a file has seen, see
    /// `InputSource`; `hashes`: whether anybody asks what this one has seen.
    package func source(
        unless stop: StopSignal? = nil,
        expecting expected: InputFingerprint? = nil,
        hashes: Bool = true
    ) -> InputSource {
        if isRereadable {
            lseek(descriptor, 0, SEEK_SET)
            return InputSource(descriptor: descriptor, name: name, expecting: expected, hashes: hashes)
        }
        return InputSource(descriptor: descriptor, name: name, isInterrupted: stop.map { stop in { stop.isRaised } })
    }
}
