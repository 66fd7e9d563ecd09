import Foundation
import TestKit
import Testing

@Suite("The server's certificate", .patient)
struct ServerCertificateTests {
    private func importing(
        _ desk: Desk,
        through front: TLSFront,
        _ arguments: String...,
        environment: [String: String?] = [:]
    ) async throws -> Outcome {
        let urls: [String: String?] = ["PINGONE_API_URL": front.url, "PINGONE_AUTH_URL": front.url, "NO_PROXY": "*"]
        return try await desk.start(
            ["import", "users.csv"] + arguments,
            environment: urls.merging(environment) { $1 }
        ).outcome()
    }

    @Test(
        "is good with its root, by flag or variable, and refused without, whatever curl's own files and variables say"
    )
    func root() async throws {
        try await Desk.with { desk in
            try await TLSFront.with(desk, host: "localhost") { front in
                try desk.folder.write("users.csv", Rows.csv(1...3))
                try desk.folder.write(".curlrc", "insecure\n")
                try desk.folder.write(".netrc", "machine localhost login a password b\n")
                let keys = desk.folder.path("keys")
                let refused = try await importing(
                    desk,
                    through: front,
                    environment: [
                        "CURL_HOME": desk.folder.path, "CURL_CA_BUNDLE": front.certificate,
                        "SSL_CERT_FILE": front.certificate, "CURL_INSECURE": "1", "SSLKEYLOGFILE": keys,
                    ]
                )
                #expect(refused.exitCode == 69)
                let place = front.url.dropFirst("https://".count)
                #expect(
                    refused.messages.contains(
                        """
                        pinglink: error: The server's certificate was not accepted: \(place): the certificate is not signed \
                        by a trusted root; add its root to the trusted ones (curl 60). Check the URL, or name its root with \
                        --ca-file.

                        """
                    ),
                    "\(refused.errors)"
                )
                let asked = /(?m)^  Asked: .+\. Certificates are judged by this machine's clock, which says .+Z\.$/
                #expect(refused.messages.contains(asked), "\(refused.errors)")
                #expect(try await desk.simulator.counters().requests == 0)
                #expect(try await desk.simulator.counters().tokensIssued == 0)

                let byFlag = try await importing(
                    desk,
                    through: front,
                    "--ca-file",
                    front.certificate,
                    environment: ["SSLKEYLOGFILE": keys]
                )
                #expect(byFlag.exitCode == 0, "\(byFlag.errors)")
                #expect(try await desk.simulator.links().count == 3)
                try desk.folder.write("users.csv", Rows.csv(1...4))
                let variable = try await importing(
                    desk,
                    through: front,
                    environment: ["PINGLINK_CA_FILE": front.certificate]
                )
                #expect(variable.exitCode == 0, "\(variable.errors)")
                #expect(!desk.folder.has("keys"), "the keys of TLS sessions are written nowhere")
            }
        }
    }

    @Test("for another host is refused although its root is trusted, and nothing is sent")
    func otherHost() async throws {
        try await Desk.with { desk in
            try await TLSFront.with(desk, host: "elsewhere.invalid") { front in
                try desk.folder.write("users.csv", Rows.csv(1...3))
                let outcome = try await importing(desk, through: front, "--ca-file", front.certificate)
                #expect(outcome.exitCode == 69)
                #expect(
                    outcome.errors.contains("the certificate does not name this host (curl 60)"),
                    "\(outcome.errors)"
                )
                #expect(try await desk.simulator.counters().tokensIssued == 0)
            }
        }
    }
}
