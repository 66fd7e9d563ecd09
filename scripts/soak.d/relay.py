"""A way to a server's socket over TCP that can be cut as a network is: nothing arrives, and nobody is told."""

import contextlib
import socket
import threading


class Relay:
    def __init__(self, path: str):
        """path: of the server's socket."""
        self.path = path
        self.is_open = threading.Event()
        self.is_open.set()
        self.sockets: set[socket.socket] = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def cut(self) -> None:
        self.is_open.clear()

    def heal(self, with_reset: bool) -> None:
        """What was under way arrives late, or never where the connections are reset."""
        if with_reset:
            for end in list(self.sockets):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self.is_open.set()

    def close(self) -> None:
        self.listener.close()
        self.heal(with_reset=True)

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self.connect, args=[client], daemon=True).start()

    def connect(self, client: socket.socket) -> None:
        self.is_open.wait()
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self.path)
        except OSError:
            server.close()
            client.close()
            return
        self.sockets |= {client, server}
        answers = threading.Thread(target=self.pump, args=[server, client], daemon=True)
        answers.start()
        self.pump(client, server)
        answers.join()
        self.sockets -= {client, server}
        client.close()
        server.close()

    def pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.is_open.wait()
                sink.sendall(data)
        for end in [source, sink]:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
