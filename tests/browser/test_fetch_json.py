"""static/js/fetch_json.js against a server that hangs before its answer or in the middle of it."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.club_site import eventually

pytestmark = [pytest.mark.services, pytest.mark.browser]
MODULE = Path(__file__).parent.parent.parent / "static" / "js" / "fetch_json.js"
PAGES = {
    "/": ("text/html", b"<!DOCTYPE html><title>A page that fetches</title>"),
    "/fetch_json.js": ("text/javascript", MODULE.read_bytes()),
    "/answer": ("application/json", b'{"seq": 7}'),
    "/proxy": ("text/html", b"<h1>Accept our terms</h1>"),
}
PARTIAL_ANSWERS = {
    "/silent": b"",
    "/half": b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"s',
}


class HangingServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HangingHandler)
        self.hanging = 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def count(self, change: int) -> None:
        with self.lock:
            self.hanging += change


class HangingHandler(socketserver.StreamRequestHandler):
    server: HangingServer

    def handle(self) -> None:
        with suppress(ConnectionError):
            path = self.rfile.readline().split()[1].decode().partition("?")[0]
            while self.rfile.readline().strip():
                pass
            if path in PARTIAL_ANSWERS:
                self.hang(PARTIAL_ANSWERS[path])
            else:
                self.answer(*PAGES.get(path, ("text/plain", b"")))

    def answer(self, kind: str, body: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def hang(self, partial_answer: bytes) -> None:
        """Send `partial_answer`, then wait until the browser closes the connection."""
        self.server.count(1)
        self.wfile.write(partial_answer)
        with suppress(ConnectionError):
            self.rfile.read()
        self.server.count(-1)


@pytest.fixture
def server() -> Iterator[HangingServer]:
    with HangingServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def page(browser: Browser, server: HangingServer) -> Page:
    page = browser.new_page()
    page.clock.install()
    page.goto(server.url)
    page.evaluate("""async () => {
      const { fetchJson, isReachable } = await import("/fetch_json.js");
      window.answers = [];
      window.begin = (path, options) => fetchJson(path, options).then((answer) => window.answers.push(answer));
      window.look = (path) => isReachable(path).then((there) => window.answers.push(there));
    }""")
    return page


def answers(page: Page) -> list[object]:
    found: list[object] = page.evaluate("window.answers")
    return found


def is_hanging(server: HangingServer, requests: int) -> bool:
    return server.hanging == requests


@pytest.mark.parametrize("path", ["/silent", "/half"])
def test_hanging_request_times_out_and_its_connection_is_closed(page: Page, server: HangingServer, path: str) -> None:
    """A browser opens at most six connections to a site, so six hanging requests would block every other one."""
    for number in range(6):
        page.evaluate("(path) => void window.begin(path)", f"{path}?{number}")
        eventually(partial(is_hanging, server, number + 1), page)
    page.clock.run_for(19_000)
    assert answers(page) == []

    page.clock.run_for(1_500)

    eventually(lambda: answers(page) == [None] * 6, page)
    eventually(lambda: server.hanging == 0, page)
    page.evaluate("() => window.begin('/answer')")
    assert answers(page)[6:] == [{"ok": True, "json": {"seq": 7}}]


def test_caller_can_abort_a_request(page: Page, server: HangingServer) -> None:
    page.evaluate("""() => {
      window.stop = new AbortController();
      window.begin("/silent", { signal: window.stop.signal });
    }""")
    eventually(lambda: server.hanging == 1, page)

    page.evaluate("() => window.stop.abort()")

    eventually(lambda: answers(page) == [None], page)
    eventually(lambda: server.hanging == 0, page)


def test_is_reachable_and_answers_that_are_not_json(page: Page, server: HangingServer) -> None:
    """`isReachable` closes the connection without waiting for the body; `fetchJson` returns null for HTML."""
    page.evaluate("() => window.look('/half')")
    assert answers(page) == [True]
    eventually(lambda: server.hanging == 0, page)
    page.evaluate("() => window.begin('/proxy')")
    assert answers(page)[1:] == [None]
