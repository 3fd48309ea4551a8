"""A small HTTP client on asyncio and h11, with which a stand-in calls the site's webhook."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import h11

MOST = 1_000_000
"""The largest body of a response, in bytes."""


class UnansweredError(Exception):
    """No complete response arrived: the connection failed, the response was too long or late, or it was not HTTP."""


class _ClosedError(ValueError):
    """The server closed the connection before the headers of a response were complete."""


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
    connection = Connection()
    try:
        return await connection.fetch(method, url, body=body, headers=headers, timeout_s=timeout_s)
    finally:
        connection.close()


class Connection:
    """A connection that stays open between requests, for one request at a time.

    It is opened with the first request, and again after an error, for another server, or if the server has closed it.
    """

    def __init__(self) -> None:
        self._server: tuple[str, str] = ("", "")
        self._wire: _Wire | None = None

    async def fetch(
        self,
        method: str,
        url: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 2.0,
    ) -> Answer:
        """Send a request. Raise UnansweredError unless a complete response arrives in time."""
        try:
            async with asyncio.timeout(timeout_s):
                return await self._fetch(method, urlsplit(url), body, dict(headers or {}))
        except (OSError, TimeoutError, ValueError, h11.ProtocolError) as error:
            self.close()
            raise UnansweredError(f"{type(error).__name__}: {error}") from error
        except asyncio.CancelledError:
            self.close()
            raise

    def close(self) -> None:
        if self._wire:
            self._wire.close()
        self._wire = None

    async def _fetch(self, method: str, url: SplitResult, body: bytes, headers: dict[str, str]) -> Answer:
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        head = {"Host": url.netloc, "Content-Length": str(len(body))} | headers
        request = h11.Request(method=method, target=target, headers=[*head.items()])
        server = (url.scheme, url.netloc)
        if self._wire and (self._server != server or not self._wire.is_open()):
            self.close()
        if self._wire:
            # A server may close an idle connection at any time. Then nothing was answered, and a new one is opened.
            with contextlib.suppress(ConnectionError, _ClosedError):
                return await self._exchange(self._wire, request, body)
            self.close()
        self._server, self._wire = server, await _Wire.open(url)
        return await self._exchange(self._wire, request, body)

    async def _exchange(self, wire: "_Wire", request: h11.Request, body: bytes) -> Answer:
        answer = await wire.exchange(request, body)
        if not wire.may_be_used_again():
            self.close()
        return answer


class _Wire:
    """An open connection and the state of HTTP on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.CLIENT)

    @classmethod
    async def open(cls, url: SplitResult) -> "_Wire":
        secure = url.scheme == "https"
        port = url.port or (443 if secure else 80)
        return cls(*await asyncio.open_connection(url.hostname, port, ssl=secure or None))

    def is_open(self) -> bool:
        return not self._reader.at_eof() and not self._writer.is_closing()

    def close(self) -> None:
        self._writer.close()

    def may_be_used_again(self) -> bool:
        """Prepare for the next request. Return False if the server closes the connection after this response."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    async def exchange(self, request: h11.Request, body: bytes) -> Answer:
        events = (request, h11.Data(data=body), h11.EndOfMessage())
        self._writer.write(b"".join(self._http.send(event) or b"" for event in events))
        await self._writer.drain()
        return await self._answer()

    async def _answer(self) -> Answer:
        head: h11.Response | None = None
        body = bytearray()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                received = await self._reader.read(65_536)
                if not received and head is None:
                    raise _ClosedError("the connection ended early")
                self._http.receive_data(received)
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
