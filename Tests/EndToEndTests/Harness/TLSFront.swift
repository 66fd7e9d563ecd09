import Foundation

/// A TLS server in front of a simulated PingOne, which itself speaks plain HTTP. Its certificate is its own root.
struct TLSFront: Sendable {
    /// Where the simulator is now: `https://localhost:PORT`.
    let url: String
    /// The certificate, to be trusted or not.
    let certificate: String

    struct Failure: Error {
        let text: String
    }

    /// Accepts connections and carries their bytes to and fro. Says its port when it listens.
    private static let script = """
        import socket, ssl, sys, threading
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("cert.pem", "key.pem")
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], file=sys.stderr, flush=True)

        def carry(source, target):
            try:
                while chunk := source.recv(65536):
                    target.sendall(chunk)
            except OSError:
                pass
            target.close()

        def serve(plain):
            try:
                client = context.wrap_socket(plain, server_side=True)
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
            threading.Thread(target=carry, args=(client, server), daemon=True).start()
            carry(server, client)

        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
        """

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
        let front = try Program(
            URL(filePath: "/usr/bin/env"),
            ["python3", "-c", script, port],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"],
            folder: folder.url
        )
        do {
            try await front.hasSaid("\n")
            let port = front.errors.trimmingCharacters(in: .newlines)
            try await body(
                TLSFront(url: "https://localhost:\(port)", certificate: folder.file("cert.pem").path)
            )
        } catch {
            front.send(SIGKILL)
            _ = await front.outcome()
            throw error
        }
        front.send(SIGKILL)
        _ = await front.outcome()
    }
}
