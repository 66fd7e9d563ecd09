import Foundation
import TestKit

/// A TLS server in front of a simulated PingOne, which itself speaks plain HTTP. Its certificate is its own root.
struct TLSFront: Sendable {
    /// Where the simulator is now: `https://localhost:PORT`.
    let url: String
    /// The certificate, to be trusted or not.
    let certificate: String

    struct Failure: Error {
        let text: String
    }

    /// Starts one whose certificate names this host, lets `body` use it and stops it.
    static func with(_ desk: Desk, host: String, _ body: (TLSFront) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let made = try await Program.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=pinglink test", "-addext", "subjectAltName=DNS:\(host)", "-keyout", "key.pem", "-out", "cert.pem",
            ],
            folder: folder.url
        )
        guard made.exitCode == 0 else { throw Failure(text: made.errors) }
        let port =
            (desk.simulator.environment["PINGONE_AUTH_URL"] ?? "").split(separator: ":").last.map(String.init) ?? ""
        let front = try Program.standIn("tls_front", [port], folder: folder.url)
        try await front.whileRunning {
            try await front.hasSaid("\n")
            let port = front.errors.trimmingCharacters(in: .newlines)
            try await body(TLSFront(url: "https://localhost:\(port)", certificate: folder.path("cert.pem")))
        }
    }
}
