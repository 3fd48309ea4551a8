"""HTTP to Strava: one request out, one answer in, as bytes. The only module that knows httpx.

Whatever goes wrong on the way is `StravaDown`; what the status means is for others to say.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

import httpx

from strava_live.strava.errors import Garbled, StravaDown
from strava_live.strava.per_loop import PerLoop

T = TypeVar("T")

USER_AGENT = "strava_live"
MAX_BYTES = 16 * 1024 * 1024


class _NoQueries(logging.Filter):
    """httpx logs the address of every request; Strava's webhook calls carry the client's secret in its query."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                part.copy_with(query=None) if isinstance(part, httpx.URL) else part for part in record.args
            )
        return True


logging.getLogger("httpx").addFilter(_NoQueries())


def _open_client() -> httpx.AsyncClient:
    # Redirects are not followed: a token goes where it was meant to go, or nowhere.
    return httpx.AsyncClient(
        headers={"User-Agent": USER_AGENT},
        limits=httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=30.0),
    )


_clients = PerLoop(_open_client)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `whole` is for a request from asking to the last byte, not counting what its reader does meanwhile."""

    connect: float = 5.0
    read: float = 20.0
    pool: float = 10.0
    whole: float = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask. Secrets travel in headers and forms; nothing here shows in a log."""

    method: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    bearer: str | None = field(default=None, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)

    def carrying(self, token: str) -> "Request":
        return replace(self, bearer=token)


class Reply:
    """An answer whose head is in and whose body is still on the wire."""

    def __init__(self, response: httpx.Response, *, patience: "_Patience", max_bytes: int) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._body = response.aiter_bytes()
        self._patience = patience
        self._max_bytes = max_bytes

    async def chunks(self) -> AsyncGenerator[bytes]:
        """The body as it arrives, unpacked; raises `StravaDown` when it breaks off."""
        received = 0
        while chunk := await self._patience.wait(anext(self._body, b"")):
            received += len(chunk)
            if received > self._max_bytes:
                raise Garbled(f"the answer is longer than {self._max_bytes} bytes")
            yield chunk

    async def body(self) -> bytes:
        return b"".join([chunk async for chunk in self.chunks()])


class _Patience:
    """What is left of a request's time. It runs only while the network is being waited for, not while a reader keeps
    what it got: a busy database is no reason to break a connection off."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def wait(self, awaitable: Awaitable[T]) -> T:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._seconds):
                return await awaitable
        except TimeoutError as error:
            raise StravaDown("Strava took too long for the whole of an answer") from error
        except httpx.HTTPError as error:
            raise StravaDown(f"the connection to Strava failed: {type(error).__name__}") from error
        finally:
            self._seconds -= loop.time() - began


@asynccontextmanager
async def opened(request: Request, *, timeouts: Timeouts, max_bytes: int = MAX_BYTES) -> AsyncGenerator[Reply]:
    """Send `request` and give the reply as soon as its head is in; leaving closes it, read or not."""
    client = await _clients.get()
    sent = client.build_request(
        request.method,
        request.url,
        params=request.query or None,
        data=request.form,
        headers={"Authorization": f"Bearer {request.bearer}"} if request.bearer else None,
        timeout=httpx.Timeout(timeouts.read, connect=timeouts.connect, pool=timeouts.pool),
    )
    patience = _Patience(timeouts.whole)
    auth = httpx.BasicAuth(*request.basic) if request.basic else None
    response = await patience.wait(client.send(sent, auth=auth, stream=True))
    try:
        yield Reply(response, patience=patience, max_bytes=max_bytes)
    finally:
        await response.aclose()
