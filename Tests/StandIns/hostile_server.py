# Answers like PingOne as far as it must, and the n-th user's POST with the n-th trick; a user whose number is higher
# has no trick. Says its port when it listens.
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
