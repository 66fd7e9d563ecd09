import Glibc
import RawPaths

/// What a path leads to.
package enum FileKind: Equatable, Sendable {
    /// A regular file by its own path, links followed.
    case regular
    case folder
    /// What can be read only once: a pipe, a terminal, and whatever is open as a descriptor of a process when it is named
    /// as that (`/dev/stdin`, `/dev/fd/63`). `descriptor`: its number, where it is one of this process.
    case stream(descriptor: CInt?)

    /// Nil where there is nothing.
    package init?(of path: String) {
        let path = path.pathBytes
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        if status.st_mode & S_IFMT == S_IFDIR {
            self = .folder
        } else if let link = Self.descriptorLink(on: path) {
            self = .stream(descriptor: Self.number(of: link, status))
        } else {
            self = status.st_mode & S_IFMT == S_IFREG ? .regular : .stream(descriptor: nil)
        }
    }

    /// The link below `/proc` that stands for an open descriptor, if the path leads over one.
    private static func descriptorLink(on path: [CChar]) -> [CChar]? {
        var processes = stat()
        guard unsafe stat("/proc/self", &processes) == 0 else { return nil }
        var path = path
        // As many links as the system follows.
        for _ in 0..<40 {
            var status = stat()
            guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return nil }
            if status.st_dev == processes.st_dev { return path }
            var target = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = unsafe readlink(path, &target, target.count - 1)
            guard count > 0 else { return nil }
            let folder = target[0] == slash ? [] : path.lastIndex(of: slash).map { path[...$0] } ?? []
            path = folder + target.prefix(count) + [0]
        }
        return nil
    }

    private static func number(of link: [CChar], _ status: stat) -> CInt? {
        let name = link.dropLast().split(separator: slash).last ?? []
        var own = stat()
        guard let number = CInt(String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)),
            unsafe fstat(number, &own) == 0, own.st_dev == status.st_dev, own.st_ino == status.st_ino
        else { return nil }
        return number
    }

    private static let slash = CChar(bitPattern: UInt8(ascii: "/"))
}
