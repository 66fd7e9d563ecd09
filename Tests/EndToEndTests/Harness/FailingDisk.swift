import Foundation
import TestKit

/// Lets writes of a program fail, as a full or a broken disk does; see `Tests/FailingDisk`.
struct FailingDisk {
    enum Trouble {
        /// No space is left, from the first failing call on.
        case full
        /// One call meets an input/output error, and no other.
        case oneError
    }

    private let folder: TemporaryFolder

    /// Builds the library that stands in front of the C library.
    init() async throws {
        folder = try TemporaryFolder()
        let source = Program.repository.appending(path: "Tests/FailingDisk/failing_disk.c").path
        let compiler = try await Program.run(
            "clang",
            ["-shared", "-fPIC", "-Wall", "-Werror", "-o", "failing_disk.so", source],
            folder: folder.url
        )
        guard compiler.exitCode == 0 else { throw Failure(text: compiler.errors) }
    }

    struct Failure: Error {
        let text: String
    }

    /// What to add to a program's environment, so that its call number `call` on files with `name` in their path, counted
    /// from 1, is the first to fail.
    func environment(_ trouble: Trouble, of name: String, at call: Int) -> [String: String] {
        var environment = [
            "LD_PRELOAD": folder.path("failing_disk.so"),
            "FAILING_DISK_NAME": name,
            "FAILING_DISK_AT": String(call),
            "FAILING_DISK_ERRNO": String(trouble == .full ? ENOSPC : EIO),
        ]
        if trouble == .oneError { environment["FAILING_DISK_ONCE"] = "1" }
        return environment
    }
}
