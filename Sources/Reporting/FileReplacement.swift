package import Glibc
import RawPaths

/// Puts a whole text in the place of a file at once, so that nobody ever reads half of it.
package enum FileReplacement {
    package struct Failure: Error, Equatable {
        /// In the system's words.
        package var reason: String
    }

    /// Writes a file named `PATH.part` and renames it. What a killed process has left there is used, and whoever else
    /// writes the same file is waited for. A link stays a link: what it points to is replaced.
    ///
    /// - Parameters:
    ///   - text: the file's content.
    ///   - path: where it is to be.
    ///   - mode: of a new file, less what the process's mask takes away.
    /// - Throws: the system's reason; the file that was there is as it was.
    package static func write(_ text: String, to path: String, mode: mode_t) throws(Failure) {
        let path = target(of: path)
        let part = path + ".part"
        let descriptor = try openAlone(part, mode)
        defer { close(descriptor) }
        do throws(Failure) {
            try write(Array(text.utf8), to: descriptor)
            guard unsafe rename(part.pathBytes, path.pathBytes) == 0 else { throw failure() }
        } catch {
            _ = unsafe unlink(part.pathBytes)
            throw error
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
        guard ftruncate(descriptor, 0) == 0 else { throw failure() }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure() }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw failure() }
    }

    private static func target(of path: String) -> String {
        guard let resolved = unsafe realpath(path.pathBytes, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe RawPath.text(cString: resolved)
    }

    /// A file of our own that no other process has locked. One that was renamed while it was waited for is somebody's
    /// finished file.
    private static func openAlone(_ part: String, _ mode: mode_t) throws(Failure) -> Int32 {
        while true {
            let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
            let descriptor = unsafe open(part.pathBytes, flags, mode)
            guard descriptor >= 0 else { throw failure() }
            while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
            var opened = stat()
            var named = stat()
            guard unsafe fstat(descriptor, &opened) == 0, opened.st_mode & S_IFMT == S_IFREG, opened.st_uid == geteuid()
            else {
                close(descriptor)
                throw Failure(reason: "\(part) is in the way")
            }
            if unsafe lstat(part.pathBytes, &named) == 0, named.st_ino == opened.st_ino, named.st_dev == opened.st_dev {
                return descriptor
            }
            close(descriptor)
        }
    }

    private static func failure() -> Failure {
        unsafe Failure(reason: String(cString: strerror(errno)))
    }
}
