# Speaks TLS with whoever connects, and carries the bytes to and fro to the port argv[1]. Says its port when it
# listens.
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
