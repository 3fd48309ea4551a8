"""Send events to a site's webhook as Strava does: each until it is answered 200, in at most three attempts."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, NamedTuple
from urllib.parse import urlsplit

ATTEMPTS = 3
PATIENCE_S = 2.0
"""How long Strava waits for an answer."""


class Attempt(NamedTuple):
    status: int
    """0 if there was no answer."""
    took_ms: float
    sent_at: float
    """In epoch seconds."""


@dataclass(eq=False)
class Sent:
    """An event that was sent, with its attempts."""

    event: dict[str, Any]
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def is_delivered(self) -> bool:
        return bool(self.attempts) and self.attempts[-1].status == 200


class Line:
    """One kept connection to one web process."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def post(self, request: bytes) -> int:
        """Send a request and return the status of its answer."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        await self.reader.readexactly(int(lengths[0].partition(b":")[2]) if lengths else 0)
        return int(head.split(b" ", 2)[1])


class EventSender:
    """Sends events to the web processes `urls` in turn, as a host's router does, over kept connections.

    `retry_s` are the seconds between two attempts. With `secret`, each event is signed.
    """

    def __init__(self, urls: Sequence[str], path: str, *, secret: str = "", retry_s: float = 60.0) -> None:
        self.urls = cycle(urls)
        self.path, self.secret, self.retry_s = path, secret, retry_s
        self.lines: dict[str, list[Line]] = {url: [] for url in urls}
        self.sent: list[Sent] = []

    async def send(self, event: dict[str, Any]) -> Sent:
        """Send an event until it is answered 200 or all attempts are made."""
        sent = Sent(event)
        self.sent.append(sent)
        body = json.dumps(event).encode()
        while not sent.is_delivered and len(sent.attempts) < ATTEMPTS:
            if sent.attempts:
                await asyncio.sleep(self.retry_s)
            sent.attempts.append(await self.attempt(next(self.urls), body))
        return sent

    async def attempt(self, url: str, body: bytes) -> Attempt:
        at, began = time.time(), time.perf_counter()
        status = 0
        with suppress(OSError, EOFError, TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                line = await self.line_to(url)
                status = await line.post(self.request(url, body))
                self.lines[url].append(line)
        if not status:
            self.hang_up(url)
        return Attempt(status, (time.perf_counter() - began) * 1000, at)

    async def line_to(self, url: str) -> Line:
        """Return a kept connection that the process has not closed, or a new one."""
        while kept := self.lines[url]:
            line = kept.pop()
            if not line.reader.at_eof():
                return line
            line.writer.close()
        address = urlsplit(url)
        return Line(*await asyncio.open_connection(address.hostname, address.port))

    def request(self, url: str, body: bytes) -> bytes:
        lines = [
            f"POST {self.path} HTTP/1.1",
            f"Host: {urlsplit(url).netloc}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
        if self.secret:
            lines.append(f"X-Strava-Signature: {signature(self.secret, body, at=int(time.time()))}")
        return "\r\n".join([*lines, "", ""]).encode() + body

    def hang_up(self, url: str) -> None:
        """Close the idle connections to a process that has ended or does not answer."""
        for line in self.lines[url]:
            line.writer.close()
        self.lines[url].clear()

    def close(self) -> None:
        for url in self.lines:
            self.hang_up(url)


def signature(secret: str, body: bytes, *, at: int) -> str:
    """Return the header with which Strava signs an event."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
