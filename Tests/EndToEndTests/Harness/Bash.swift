import Foundation
import TestKit

/// Runs a script of bash in the desk's folder; `pinglink` is the built program.
func bash(_ script: String, at desk: Desk, environment: [String: String] = [:]) async throws -> Outcome {
    let programs = try Program.built("pinglink").deletingLastPathComponent().path
    return try await Program(
        URL(filePath: "/bin/bash"),
        ["-c", script],
        environment: desk.environment.merging(["PATH": "\(programs):/usr/sbin:/usr/bin:/bin"]) { $1 }
            .merging(environment) { $1 },
        folder: desk.folder.url
    ).outcome()
}
