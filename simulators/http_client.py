"""Send an HTTP request with asyncio and h11: a stand-in calls the site's webhook with it."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

MOST = 1_000_000
"""The largest body of a response, in bytes."""


class UnansweredError(Exception):
    """No complete response arrived: the connection failed, the response was too long or late, or it was not HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def fetch(
    method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None, timeout_s: float = 2.0
) -> Answer:
    """Send a request on a new connection. Raise UnansweredError unless a complete response arrives in time."""
    try:
        async with asyncio.timeout(timeout_s):
            return await _exchange(method, url, body, dict(headers or {}))
    except (OSError, TimeoutError, ValueError, h11.ProtocolError) as error:
        raise UnansweredError(f"{type(error).__name__}: {error}") from error


async def _exchange(method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=secure or None)
    try:
        wire = h11.Connection(h11.CLIENT)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        head = {"Host": parts.netloc, "Connection": "close", "Content-Length": str(len(body))} | headers
        for event in (h11.Request(method=method, target=target, headers=[*head.items()]), h11.Data(data=body)):
            writer.write(wire.send(event) or b"")
        writer.write(wire.send(h11.EndOfMessage()) or b"")
        await writer.drain()
        return await _answer(wire, reader)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _answer(wire: h11.Connection, reader: asyncio.StreamReader) -> Answer:
    head: h11.Response | None = None
    body = bytearray()
    while True:
        event = wire.next_event()
        if event is h11.NEED_DATA:
            wire.receive_data(await reader.read(65_536))
        elif isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MOST:
                raise ValueError("the answer is too long")
        elif isinstance(event, h11.EndOfMessage) and head:
            names = {name.decode(): value.decode("latin-1") for name, value in head.headers}
            return Answer(head.status_code, names, bytes(body))
        elif not isinstance(event, h11.InformationalResponse):
            raise ValueError("the connection ended early")
