import FoundationEssentials
import Glibc
import RawPaths

/// Keeps a command from writing over a file that it reads, or that it writes under another name.
enum DistinctFiles {
    struct Named {
        /// How the user knows it: `FILE`, `--rejects`.
        var name: String
        var path: String
        /// Whether it is replaced by a new file or removed, which only a plain file may be: `/dev/null` must not.
        var isReplaced: Bool
    }

    /// Compares by device and inode, so that links and other spellings of a path are seen through.
    ///
    /// - Throws: a usage failure that names both.
    static func check(_ files: [Named]) throws {
        var seen: [(file: Named, identity: String)] = []
        for file in files {
            var status = stat()
            let exists = stat(file.path.pathBytes, &status) == 0
            if file.isReplaced, exists, status.st_mode & S_IFMT != S_IFREG {
                throw CommandFailure.usage(
                    "\(file.name): \(file.path) is no plain file, so it cannot be replaced. Name another path."
                )
            }
            let identity = exists ? "\(status.st_dev)/\(status.st_ino)" : absolute(file.path)
            if let other = seen.first(where: { $0.identity == identity })?.file {
                throw CommandFailure.usage(
                    "\(file.name): \(file.path) is the file of \(other.name) too; one would overwrite the other. "
                        + "Name another path."
                )
            }
            seen.append((file, identity))
        }
    }

    /// The path with its folder's true name; the file itself need not exist.
    private static func absolute(_ path: String) -> String {
        let cut = path.lastIndex(of: "/")
        let folder = cut.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = cut.map { path[path.index(after: $0)...] } ?? path[...]
        guard let resolved = realpath(folder.pathBytes, nil) else { return path }
        defer { free(resolved) }
        return "\(RawPath.text(cString: resolved))/\(name)"
    }
}
