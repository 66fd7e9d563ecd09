import Foundation
import TestKit

/// Something that answers like PingOne as far as it must, and then with what would harm a careless client.
struct HostileServer: Sendable {
    let environment: [String: String]

    /// How many tricks there are.
    static let tricks = 9

    /// Starts one, lets `body` use it and stops it.
    static func with(_ body: (HostileServer) async throws -> Void) async throws {
        let server = try Program.standIn("hostile_server", [], folder: FileManager.default.temporaryDirectory)
        try await server.whileRunning {
            try await server.hasSaid("\n")
            let url = "http://127.0.0.1:\(server.errors.prefix { $0 != "\n" })"
            let environment = [
                "PINGONE_API_URL": url, "PINGONE_AUTH_URL": url, "PINGONE_CLIENT_ID": "a", "PINGONE_CLIENT_SECRET": "b",
                "PINGONE_ENVIRONMENT_ID": SampleIDs.environment,
                "PINGONE_IDENTITY_PROVIDER_ID": SampleIDs.provider,
            ]
            try await body(HostileServer(environment: environment))
        }
    }
}
