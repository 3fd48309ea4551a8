"""A proxy in front of the stand-in for Bucket, for what the stand-in never does: it changes requests and answers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from simulators.bucket_process import BucketStandIn

PASSED_ON = ("Authorization", "Content-Type", "Accept")
"""The headers that reach the stand-in."""


@dataclass(frozen=True, slots=True)
class PassedAnswer:
    """An answer of the stand-in, and the request that it belongs to."""

    method: str
    path: str
    status: int
    body: bytes


Change = Callable[[PassedAnswer], tuple[int, bytes]]


@contextmanager
def proxy_to(
    bucket: BucketStandIn, *, headers: dict[str, str] | None = None, answer: Change | None = None
) -> Iterator[str]:
    """Give the URL of a proxy. `headers` replace those of each request, and `answer` returns the changed answer."""
    host = urlsplit(bucket.url).netloc

    class Proxy(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            own = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
            upstream = HTTPConnection(host)
            upstream.request(self.command, self.path, sent or None, own if headers is None else headers)
            received = upstream.getresponse()
            status, body = received.status, received.read()
            upstream.close()
            if answer is not None:
                status, body = answer(PassedAnswer(self.command, urlsplit(self.path).path, status, body))
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(b"" if status == 204 else body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on  # noqa: N815 - names that the standard library calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the standard library
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        serving = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()
