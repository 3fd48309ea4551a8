"""Limits of requests, tested with bytes on bare connections to our server."""

import io
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from tests.live.founding import found_club
from tests.live.raw_http import Answer, RawConnection
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.services
MEBIBYTE = 2**20
SENT_MOST = 300 * MEBIBYTE
MEMORY_SLACK = 40 * MEBIBYTE
ARRIVES_WITHIN_S = 4.0
"""The value of tests.hub.limited_settings."""
START = "POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n"
DRIPS = [
    ("GET /", b"x"),
    (f"{START}X-Slow: ", b"x"),
    (f"{START}Content-Length: 100000\r\n\r\n", b"x"),
    (f"{START}Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
]
"""The beginning of a request, and the bytes that follow repeatedly."""


@pytest.fixture(scope="module")
def site(module_sites: LiveSites) -> Iterator[LiveSite]:
    site = module_sites.running(DJANGO_SETTINGS_MODULE="tests.hub.limited_settings")
    yield site
    assert "Traceback" not in site.log.read_text()


@pytest.fixture
def connection(site: LiveSite) -> Iterator[RawConnection]:
    with RawConnection(site.url) as connection:
        yield connection


def head_of(connection: RawConnection, *lines: str, method: str = "POST") -> bytes:
    return "\r\n".join([f"{method} /accounts/login/ HTTP/1.1", f"Host: {connection.host}", *lines, "", ""]).encode()


def refused(connection: RawConnection, *, method: str = "POST") -> Answer:
    """Read the answer to a refused request, and check that the connection ends after it."""
    connection.expect(method)
    answer = connection.answer()
    assert answer.headers["connection"] == "close"
    with suppress(ConnectionResetError):
        assert connection.socket.recv(1) == b""
    return answer


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["Content-Length: -1"], 400),
        (["Content-Length: many"], 400),
        (["Content-Length:"], 400),
        (["Content-Length: 0x10"], 400),
        (["Content-Length: 1_000"], 400),
        (["Content-Length: 3, 3"], 400),
        (["Content-Length: 3", "Content-Length: 4"], 400),
        (["Content-Length: 3", "Content-Length: 4", "Accept: text/html"], 400),
        (["Content-Length: 3", "Transfer-Encoding: chunked"], 400),
        (["Transfer-Encoding: gzip"], 400),
        ([f"Content-Length: {'9' * 5000}"], 400),
        (["Content-Length: 99999999999999999999999"], 413),
        ([f"Content-Length: {3 * MEBIBYTE + 1}"], 413),
        ([f"Content-Length: {3 * MEBIBYTE + 1}", "Expect: 100-continue"], 413),
        (["No colon"], 400),
        ([f"Cookie: {'x' * 20000}"], 400),
    ],
    ids=lambda value: str(value)[:50],
)
def test_invalid_request_is_answered_with_a_sentence(connection: RawConnection, lines: list[str], status: int) -> None:
    connection.send(head_of(connection, *lines) + b"abc")

    answer = refused(connection)

    assert answer.status == status
    assert re.search(rb"<p>[^<]+\.</main>", answer.body)


@pytest.mark.parametrize(
    ("target", "lines", "status", "code"),
    [
        (b"/api/v1/me", [b"Content-Length: many"], 400, "bad_request"),
        (b"/api/v1/me", [b"No colon"], 400, "bad_request"),
        (b"/api/v1/me", [b"Content-Length: 99999999999999999999999"], 413, "too_large"),
        (b"/api/v1/me", [b"X-Control: a\x0bb"], 400, "bad_request"),
        (b"/api/v1/me", [b"Bad(name): x"], 400, "bad_request"),
        (b"/api/v1/\xff", [], 400, "bad_request"),
        (b"/api/v1/me?q=\xff", [], 400, "bad_request"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_invalid_request_to_the_api_is_answered_with_json(
    connection: RawConnection, target: bytes, lines: list[bytes], status: int, code: str
) -> None:
    """Twisted or daphne finds the fault, so Django does not see the request."""
    host = f"Host: {connection.host}".encode()
    connection.send(b"\r\n".join([b"POST " + target + b" HTTP/1.1", host, *lines, b"", b""]))
    connection.expect("POST")

    answer = connection.answer()

    assert (answer.status, answer.headers["content-type"]) == (status, "application/json")
    assert json.loads(answer.body)["code"] == code


def test_bytes_that_are_not_http_are_answered(connection: RawConnection) -> None:
    connection.send(b"\x16\x03\x01 hello\r\n\r\n")

    assert refused(connection).status == 400


def test_refused_head_has_no_body(connection: RawConnection) -> None:
    connection.send(head_of(connection, f"Content-Length: {4 * MEBIBYTE}", method="HEAD"))

    answer = refused(connection, method="HEAD")

    assert (answer.status, answer.body) == (413, b"")


def test_malformed_chunk_is_answered(connection: RawConnection) -> None:
    connection.send(head_of(connection, "Transfer-Encoding: chunked") + b"not a number\r\nabc\r\n")

    assert refused(connection).status == 400


def test_body_within_the_limit_reaches_the_site(site: LiveSite) -> None:
    body = b"x" * (3 * MEBIBYTE)

    whole = httpx.post(f"{site.url}/no/such/page/", content=body, timeout=PATIENCE_S)
    in_chunks = httpx.post(
        f"{site.url}/no/such/page/", content=iter([body[:MEBIBYTE], body[MEBIBYTE:]]), timeout=PATIENCE_S
    )

    assert {whole.status_code, in_chunks.status_code} <= {403, 404}


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
def test_client_that_sends_everything_before_reading_gets_the_answer(site: LiveSite, chunked: bool) -> None:
    pieces = [b"x" * 65536] * 80

    answer = httpx.post(site.url, content=iter(pieces) if chunked else b"".join(pieces), timeout=PATIENCE_S)

    assert answer.status_code == 413
    assert "please send at most 3 MB at a time" in answer.text


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
def test_huge_bodies_are_not_read_and_use_no_memory(site: LiveSite, chunked: bool) -> None:
    httpx.get(f"{site.url}/accounts/login/")
    before = memory_of(site)

    sent = [sent_until_cut(site, chunked=chunked) for _ in range(3)]

    assert all(status == 413 for status, _ in sent)
    assert max(size for _, size in sent) < SENT_MOST / 4
    assert memory_of(site) - before < MEMORY_SLACK
    assert httpx.get(f"{site.url}/healthz").status_code == 200


def sent_until_cut(site: LiveSite, *, chunked: bool) -> tuple[int, int]:
    """Send a huge body until the server stops reading. Return the status of the answer and the bytes sent."""
    piece = b"x" * 65536
    framed = b"10000\r\n" + piece + b"\r\n" if chunked else piece
    size = 0
    with RawConnection(site.url) as connection:
        connection.send(
            head_of(connection, "Transfer-Encoding: chunked" if chunked else f"Content-Length: {SENT_MOST}")
        )
        with suppress(ConnectionError):
            while size < SENT_MOST:
                connection.send(framed)
                size += len(piece)
        connection.expect("POST")
        return connection.answer().status, size


def memory_of(site: LiveSite) -> int:
    status = Path(f"/proc/{site.processes[0].pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) * 1024


def test_requests_that_arrive_too_slowly_are_refused(site: LiveSite) -> None:
    with ThreadPoolExecutor(len(DRIPS)) as threads:
        answers = list(threads.map(partial(send_slowly, site), DRIPS))

    assert {answer.status for answer, _ in answers} == {408}
    assert all(seconds >= ARRIVES_WITHIN_S for _, seconds in answers)


def send_slowly(site: LiveSite, drips: tuple[str, bytes]) -> tuple[Answer, float]:
    """Send a request slowly on a connection that has served another. Return the answer and the seconds until it."""
    beginning, drip = drips
    with RawConnection(site.url) as connection:
        assert connection.ask("GET", "/healthz").status == 200
        began = time.monotonic()
        with dripping(connection, beginning.encode(), drip):
            answer = refused(connection)
        return answer, time.monotonic() - began


class dripping:  # noqa: N801 used like a function
    """Send a piece every fifth of a second until the block ends."""

    def __init__(self, connection: RawConnection, first: bytes, drip: bytes) -> None:
        self.connection, self.drip = connection, drip
        connection.send(first)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        with suppress(OSError):
            while not self.ended.wait(0.2):
                self.connection.send(self.drip)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()


def test_idle_connections_are_kept(site: LiveSite) -> None:
    with RawConnection(site.url) as used, RawConnection(site.url) as unused:
        assert used.ask("GET", "/healthz").status == 200
        time.sleep(ARRIVES_WITHIN_S + 1)
        assert used.ask("GET", "/healthz").status == 200
        assert unused.ask("GET", "/healthz").status == 200


def test_pipelined_requests_are_answered_in_order(connection: RawConnection) -> None:
    """Part of the second request arrives with the first, and the rest before its deadline."""
    request = f"GET /healthz HTTP/1.1\r\nHost: {connection.host}\r\n\r\n".encode()
    connection.expect("GET")
    connection.send(request + request[:20])
    assert connection.answer().status == 200
    connection.http.start_next_cycle()
    connection.expect("GET")
    connection.send(request[20:])
    assert connection.answer().status == 200


def test_client_cannot_choose_the_root_of_the_sites_paths(connection: RawConnection) -> None:
    answer = connection.ask("GET", "/other/accounts/login/", **{"Daphne-Root-Path": "/other"})

    assert answer.status == 404


DOWNLOAD_ROWS, DOWNLOAD_BYTES = 800, 8_000
"""How many rows a large export has, and the random bytes of each: more than all buffers on the way to a client."""


@pytest.fixture
def download(site: LiveSite) -> Iterator[RawConnection]:
    """A connection with a small buffer on which a person with a large export has asked for it."""
    club = found_club(site)
    code = "import secrets; from strava_live.idempotency.models import AnsweredForm\n"
    code += f"forms = (AnsweredForm(user_id={club.members[0]}, digest=secrets.token_hex(32),"
    code += f" body=secrets.token_urlsafe({DOWNLOAD_BYTES})) for _ in range({DOWNLOAD_ROWS}))\n"
    code += "AnsweredForm.objects.bulk_create(forms)"
    site.manage("shell", "-v", "0", "-c", code)
    with RawConnection(site.url) as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        lines = [f"Host: {connection.host}", f"Cookie: sessionid={club.sessions[0]}", "", ""]
        connection.expect("GET")
        connection.send("\r\n".join(["GET /settings/export/ HTTP/1.1", *lines]).encode())
        yield connection


def downloads_answered(site: LiveSite) -> int:
    return site.log.read_text().count("event=answered method=GET path=/settings/export/ status=200")


def test_slow_client_gets_a_long_answer_completely(site: LiveSite, download: RawConnection) -> None:
    """The server stops making the answer while its buffer is full, and goes on when the client has read."""
    answer = download.answer()

    with ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        assert len(json.loads(archive.read("json/answered_forms.json"))) == DOWNLOAD_ROWS


def test_client_that_stops_reading_a_long_answer_is_cut_off(site: LiveSite, download: RawConnection) -> None:
    before, deadline = downloads_answered(site), time.monotonic() + PATIENCE_S
    while downloads_answered(site) == before:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    received = b""
    with suppress(ConnectionResetError):
        while part := download.socket.recv(65536):
            received += part

    assert b"json/profile.json" in received
    assert b"contents.json" not in received, "the answer was made to its end"
    assert "a client has stopped reading its answer" in site.log.read_text()
