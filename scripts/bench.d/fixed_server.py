"""An nginx on loopback that answers every request at once: the fastest PingOne there could be."""

import contextlib
import pathlib
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
  server {
    listen 127.0.0.1:%(port)d backlog=1024;
    location ~ /as/token$ { return 200 '{"access_token":"bench","token_type":"Bearer","expires_in":3600}'; }
    location ~ /identityProviders/ { return 200 '{"id":"%(provider)s","enabled":true}'; }
    location ~ /users/ { return 200 '%(link)s'; }
    location / { return 200 '{"id":"%(environment)s"}'; }
  }
}
"""


@contextlib.contextmanager
def started(folder: pathlib.Path):
    """Yields `http://127.0.0.1:PORT` of a server that is ready; ends it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    values = {"folder": folder, "port": port, "provider": PROVIDER, "environment": ENVIRONMENT, "link": LINK}
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION % values)
    process = subprocess.Popen(["/usr/sbin/nginx", "-c", configuration, "-p", folder])
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
