"""An nginx on loopback that answers every request at once, plain or over TLS 1.3: the fastest PingOne there could be."""

import base64
import contextlib
import dataclasses
import pathlib
import random
import socket
import subprocess
import time

ENVIRONMENT = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
PROVIDER = "302990c0-289d-40ec-a2ff-e7c7fd0cca63"
USER = "788d4931-6936-43f2-82ff-178f5762298a"

# The answer to Create Linked Account in PingOne's documentation, with the whole user in it.
LINK = (
    '{"_links":{"self":{"href":"https://api.pingone.com/v1/environments/%(e)s/users/%(u)s/linkedAccounts/'
    'f1ccdb8a-6f0a-4f6f-a0ae-4f5cd3fd4a9c"},"environment":{"href":"https://api.pingone.com/v1/environments/%(e)s"},'
    '"user":{"href":"https://api.pingone.com/v1/environments/%(e)s/users/%(u)s"}},"_embedded":{"user":{"id":"%(u)s",'
    '"environment":{"id":"%(e)s"},"account":{"canAuthenticate":true,"status":"OK"},"createdAt":'
    '"2021-03-02T18:19:26.262Z","email":"leslie@example.com","enabled":true,"identityProvider":{"type":"PING_ONE"},'
    '"lifecycle":{"status":"ACCOUNT_OK"},"mfaEnabled":false,"name":{"given":"Leslie"},"population":{"id":'
    '"f22842c9-f1eb-41a5-8072-20041b609cf1"},"updatedAt":"2021-03-02T18:19:26.262Z","username":"leslie",'
    '"verifyStatus":"NOT_INITIATED"}},"id":"f1ccdb8a-6f0a-4f6f-a0ae-4f5cd3fd4a9c","environment":{"id":"%(e)s"},'
    '"user":{"id":"%(u)s"},"identityProvider":{"id":"%(p)s"},"externalId":"leslie"}'
) % {"e": ENVIRONMENT, "u": USER, "p": PROVIDER}

# As long as an access token of PingOne.
TOKEN = base64.urlsafe_b64encode(random.Random(1).randbytes(900)).decode()

CONFIGURATION = """
worker_processes 1;
daemon off;
pid %(folder)s/nginx.pid;
error_log %(folder)s/nginx.log crit;
events { worker_connections 2048; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path %(folder)s; proxy_temp_path %(folder)s; fastcgi_temp_path %(folder)s;
  uwsgi_temp_path %(folder)s; scgi_temp_path %(folder)s;
  default_type application/json;
%(servers)s
}
"""


SERVER = """
  server {
    listen 127.0.0.1:%(listen)s backlog=1024;
    %(rules)s
    location ~ /as/token$ { return 200 '{"access_token":"%(token)s","token_type":"Bearer","expires_in":3600}'; }
    location ~ /identityProviders/ { return 200 '{"id":"%(provider)s","enabled":true}'; }
    location ~ /users/ { return 200 '%(link)s'; }
    location / { return 200 '{"id":"%(environment)s"}'; }
  }
"""
TLS = "ssl_certificate %(folder)s/server.pem; ssl_certificate_key %(folder)s/server.key; ssl_protocols TLSv1.3;"


@dataclasses.dataclass
class Server:
    """One nginx with several doors."""

    plain: str
    tls: str
    # Closes each connection after 100 requests.
    closing: str
    # The root that has signed its certificate.
    root: pathlib.Path


def certify(folder: pathlib.Path) -> None:
    """Makes a root and, signed by it, a certificate for localhost."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    root = ["-x509", "-subj", "/CN=bench root", "-keyout", "root.key", "-out", "root.pem"]
    server = ["-x509", "-CA", "root.pem", "-CAkey", "root.key", "-subj", "/CN=localhost", "-addext",
              "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "server.key",
              "-out", "server.pem"]
    for words in [root, server]:
        subprocess.run(["openssl", "req", *key, *words], cwd=folder, check=True, capture_output=True)


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@contextlib.contextmanager
def started(folder: pathlib.Path):
    """Yields a `Server` that is ready; ends it."""
    certify(folder)
    plain, tls, closing = free_ports(3)
    values = {"folder": folder, "provider": PROVIDER, "environment": ENVIRONMENT, "link": LINK}
    secure = TLS % values
    doors = [{"listen": str(plain), "rules": "", "token": "bench"},
             {"listen": f"{tls} ssl", "rules": secure, "token": TOKEN},
             {"listen": f"{closing} ssl", "rules": f"{secure} keepalive_requests 100;", "token": TOKEN}]
    values["servers"] = "".join(SERVER % (values | door) for door in doors)
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION % values)
    process = subprocess.Popen(["/usr/sbin/nginx", "-c", configuration, "-p", folder])
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", plain), 1):
                break
            time.sleep(0.05)
        yield Server(f"http://127.0.0.1:{plain}", f"https://localhost:{tls}", f"https://localhost:{closing}",
                     folder / "root.pem")
    finally:
        process.terminate()
        process.wait()
