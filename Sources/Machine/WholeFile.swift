import Glibc
import RawPaths

/// A small file read at once.
package enum WholeFile {
    /// More than any configuration or secret needs; keeps an endless input from filling the memory.
    private static let limit = 1 << 20

    /// The path may also be that of a pipe, such as a shell's `<(command)`, which `Data(contentsOf:)` gives up on when
    /// its writer has not begun yet.
    ///
    /// - Returns: nil for what cannot be read, or is too large.
    package static func bytes(at path: String) -> [UInt8]? {
        let descriptor = unsafe open(path.pathBytes, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= limit {
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
        return nil
    }
}
