"""A server that accepts connections and requests, and answers after a long time."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@contextmanager
def silent_for(seconds: float) -> Iterator[str]:
    """Serve on a free port and give the URL. Answer 200 to clients that wait longer than `seconds`."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def keep_silent(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            if not over.wait(seconds):
                connection.sendall(ANSWER)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=keep_silent, args=(connection,), daemon=True).start()

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        serving.join(10)
