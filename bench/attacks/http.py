"""Attacks with HTTP requests that no browser sends: HEAD on a reused connection, huge, slow and malformed requests."""

import select
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import quote

import h11
import httpx

from bench.attacks.target import Target, must
from bench.fanout_peers.processes import resident_kb
from tests.live.raw_http import RawConnection
from tests.live.visitor import Visitor
from tests.passwords import PASSWORD

PIECE = b"x" * 2**20
HUGE = 300 * 2**20
MAY_GROW_KB = 8 * 1024
"""How much the web process's memory may grow."""
CUT_WITHIN_S = 45.0
"""How soon the server must close the connection of a slow request. Its own limit is 30 s."""
START = "POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n"
# Where a slow request stops: what is sent at once, and what is then sent again and again.
DRIPS = {
    "request line": ("GET /", b"x"),
    "header": (f"{START}X-Slow: ", b"x"),
    "body": (f"{START}Content-Length: 100000\r\n\r\n", b"x"),
    "chunks": (f"{START}Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
}
LENGTHS = ("-1", "many", "", "0x10", "1_000", "3, 3", "9" * 5000, "99999999999999999999999", "3\r\nContent-Length: 4")
NEXT = ("//[", "http://[", "//[x]", "https://]", "//℀", "http://[::1", "/\\[", "//evil.example", "javascript:x", "\0")
SIGN_IN_PAGES = (
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/logout/",
    "/accounts/strava/login/",
    "/accounts/reauthenticate/",
    "/admin/login/",
)


def head(target: Target) -> str:
    """Send HEAD, then GET on the same connection: the second answer must belong to the GET."""
    spoilt = []
    for path in target.paths:
        with RawConnection(target.site.url) as connection:
            try:
                connection.ask("HEAD", path, Cookie=f"sessionid={target.full.session}")
                answer = connection.ask("GET", "/healthz")
            except h11.LocalProtocolError:
                continue  # the server has announced that it closes the connection
            except (AssertionError, h11.RemoteProtocolError) as error:
                spoilt.append(f"{path}: {error}")
            else:
                must((answer.status, answer.body) == (200, b'{"status": "ok"}'), f"{path}: {answer}")
    must(not spoilt, f"spoilt connections: {spoilt[:3]} and {len(spoilt)} in all")
    return f"{len(target.paths)} pages"


def malformed_next(target: Target) -> str:
    """Send malformed and foreign addresses as `next` to every page for signing in: no 500, no redirect to them."""
    asked = 0
    for page in SIGN_IN_PAGES:
        for value in NEXT:
            for session in ("signed-out", target.full.session):
                with target.browser(session) as browser:
                    check_next(browser.get(f"{page}?next={quote(value)}"), page, value)
                    asked += 1
    Visitor(target.site.url).sign_up("mallory")
    for value in NEXT:
        form = {"login": "mallory", "password": PASSWORD, "next": value}
        answer = Visitor(target.site.url).post("/accounts/login/", **form)
        check_next(answer, "POST /accounts/login/", value)
        asked += 1
    return f"{asked} requests"


def check_next(answer: httpx.Response, page: str, value: str) -> None:
    location = answer.headers.get("Location", "")
    must(answer.status_code < 500, f"{page}?next={value!r} answered {answer.status_code}")
    must(not location.startswith(("//evil", "javascript:", "http://[")), f"{page}?next={value!r} leads to {location}")


def huge_bodies(target: Target) -> str:
    """Send 300 MB with a Content-Length, and 300 MB in chunks: the server must answer 413 without storing them."""
    before = resident_kb(target.pid)
    lines = []
    for header, piece in (
        (f"Content-Length: {HUGE}", PIECE),
        ("Transfer-Encoding: chunked", f"{len(PIECE):x}\r\n".encode() + PIECE + b"\r\n"),
    ):
        status, sent, peak = send_until_answered(target, header, piece)
        grown = peak - before
        must(status == 413, f"{header}: answered {status} after {sent >> 20} MB")
        must(grown < MAY_GROW_KB, f"{header}: the process grew by {grown // 1024} MB")
        lines.append(f"{header.partition(':')[0]} 413 after {sent >> 20} MB, grown by {grown / 1024:.1f} MB")
    return "; ".join(lines)


def send_until_answered(target: Target, header: str, piece: bytes) -> tuple[int, int, int]:
    """Return the status, the bytes sent, and the process's peak memory in kB."""
    sent, peak = 0, 0
    with RawConnection(target.site.url) as connection:
        connection.send(f"{START}{header}\r\n\r\n".encode())
        connection.socket.settimeout(0.01)
        while sent < HUGE and not has_answered(connection.socket):
            with suppress(TimeoutError):
                sent += connection.socket.send(piece)
            peak = max(peak, resident_kb(target.pid))
        connection.socket.settimeout(30)
        connection.expect("POST")
        return connection.answer().status, sent, peak


def has_answered(connection: socket.socket) -> bool:
    """Return whether the connection is readable: an answer has arrived, or it was closed."""
    return bool(select.select([connection], [], [], 0)[0])


def absurd_lengths(target: Target) -> str:
    """Send invalid Content-Length headers: each must get an answer of 400 to 499."""
    for length in LENGTHS:
        with RawConnection(target.site.url) as connection:
            connection.send(f"{START}Content-Length: {length}\r\n\r\nabc".encode())
            connection.expect("POST")
            try:
                status = connection.answer().status
            except (OSError, h11.RemoteProtocolError) as error:
                raise AssertionError(f"Content-Length {length[:30]!r}: no answer ({error})") from error
            must(400 <= status < 500, f"Content-Length {length[:30]!r}: answered {status}")
    return f"{len(LENGTHS)} lengths"


def drips(target: Target) -> str:
    """Send requests byte by byte, in each part of a request: the server must close the connection."""
    with ThreadPoolExecutor(len(DRIPS)) as threads:
        times = list(threads.map(lambda how: drip(target, *how), DRIPS.values()))
    for name, seconds in zip(DRIPS, times, strict=True):
        must(seconds < CUT_WITHIN_S, f"a dripping {name} was not cut in {CUT_WITHIN_S:.0f} s")
    return ", ".join(f"{name} cut after {seconds:.0f} s" for name, seconds in zip(DRIPS, times, strict=True))


def drip(target: Target, start: str, piece: bytes) -> float:
    """Return the seconds after which the server cut the connection."""
    began = time.monotonic()
    with RawConnection(target.site.url) as connection, suppress(OSError):
        connection.send(start.encode())
        while time.monotonic() - began < CUT_WITHIN_S and not has_answered(connection.socket):
            connection.send(piece)
            time.sleep(0.5)
    return time.monotonic() - began
