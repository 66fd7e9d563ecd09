import Foundation
import TestKit
import Testing

/// Gives a program a wall clock of its own, as on a machine whose clock is wrong.
struct WallClock {
    private let library: URL

    /// Builds what is preloaded.
    init(in folder: TemporaryFolder) async throws {
        library = folder.file("wall_clock.so")
        let source = Program.repository.appending(path: "scripts/soak.d/wall_clock.c")
        let arguments = ["-shared", "-fPIC", "-o", library.path, source.path, "-ldl"]
        let outcome = try await Program.run("clang", arguments, folder: folder.url)
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
    }

    /// The environment of a program whose clock is so many seconds ahead.
    func ahead(by seconds: Int) -> [String: String?] {
        ["LD_PRELOAD": library.path, "WALL_CLOCK_OFFSET": String(seconds)]
    }
}
