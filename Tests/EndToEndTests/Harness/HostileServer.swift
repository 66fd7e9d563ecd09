import Foundation

/// Something that answers like PingOne as far as it must, and then with what would harm a careless client.
struct HostileServer: Sendable {
    let environment: [String: String]

    /// Answers the n-th user's POST with the n-th trick; a user whose number is higher has no trick. Says its port when it
    /// listens.
    private static let script = #"""
        import http.server, json, re, sys
        ESCAPE, BIDI, CSI = "\x1b[31m", "\u202e", "\u009b2J"
        detail = lambda code, target: [{"code": code, "target": target, "message": "planted " + ESCAPE}]
        tricks = [
            (400, json.dumps({"code": ESCAPE + "red", "id": "id" + ESCAPE, "details": detail("x" + BIDI, CSI)})),
            (400, json.dumps({"code": "X" * (1 << 20), "id": "I" * 5000, "details": detail("D" * 5000, "T" * 5000)})),
            (400, json.dumps({"code": "A\npinglink: error: forged", "id": "a\rb", "details": "planted"})),
            (404, "<html>planted " + ESCAPE + "</html>"),
            (201, json.dumps({"id": "link" + ESCAPE})),
            (201, json.dumps({"id": "../../users/planted"})),
            (302, ""),
            (422, "[" * 100000),
            (400, json.dumps({"code": {"planted": 1}, "id": 7, "details": {"a": [None]}, "message": None})),
        ]
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def answer(self, status, text):
                body = text.encode()
                self.send_response(status, "OK" + ESCAPE)
                self.send_header("Correlation-Id", ESCAPE + "planted" + CSI.encode().decode("latin-1"))
                self.send_header("Location", "http://127.0.0.1:9/planted")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def do_GET(self):
                links = re.search("/linkedAccounts$", self.path)
                self.answer(200, json.dumps({"_embedded": {"linkedAccounts": []}} if links
                    else {"id": self.path.split("/")[-1], "name": ESCAPE}))
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                if self.path.endswith("/token"):
                    return self.answer(200, json.dumps({"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}))
                number = int(re.search(r"(\d+)/linkedAccounts$", self.path)[1])
                self.answer(*(tricks[number] if number < len(tricks) else (201, json.dumps({"id": "good"}))))
            def log_message(self, *arguments):
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_address[1], file=sys.stderr, flush=True)
        server.serve_forever()
        """#

    /// How many tricks there are.
    static let tricks = 9

    /// Starts one, lets `body` use it and stops it.
    static func with(_ body: (HostileServer) async throws -> Void) async throws {
        let server = try Program(
            URL(filePath: "/usr/bin/env"),
            ["python3", "-c", script],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"],
            folder: FileManager.default.temporaryDirectory
        )
        let result: Result<Void, any Error>
        do {
            try await server.hasSaid("\n")
            let url = "http://127.0.0.1:\(server.errors.prefix { $0 != "\n" })"
            let environment = [
                "PINGONE_API_URL": url, "PINGONE_AUTH_URL": url, "PINGONE_CLIENT_ID": "a", "PINGONE_CLIENT_SECRET": "b",
                "PINGONE_ENVIRONMENT_ID": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
                "PINGONE_IDENTITY_PROVIDER_ID": "302990c0-289d-40ec-a2ff-e7c7fd0cca63",
            ]
            result = .success(try await body(HostileServer(environment: environment)))
        } catch {
            result = .failure(error)
        }
        server.send(SIGKILL)
        _ = await server.outcome()
        try result.get()
    }
}
