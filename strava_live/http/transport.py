"""Send one HTTP request and stream its response. The only module that knows httpx."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

import httpx

from strava_live.http.errors import BodyTooLong, RequestFailed, TemporaryError
from strava_live.http.per_loop import PerLoop

T = TypeVar("T")

USER_AGENT = "strava_live"
MAX_BYTES = 16 * 1024 * 1024


class HideQueries(logging.Filter):
    """Remove query strings from the URLs that httpx logs: they can carry secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                part.copy_with(query=None) if isinstance(part, httpx.URL) else part for part in record.args
            )
        return True


logging.getLogger("httpx").addFilter(HideQueries())


def open_client() -> httpx.AsyncClient:
    """Open a client that does not follow redirects, so that a token is only sent to the URL it was meant for."""
    return httpx.AsyncClient(
        headers={"User-Agent": USER_AGENT},
        limits=httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=30.0),
    )


clients = PerLoop(open_client)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Time limits of one request, in seconds.

    `total` is the limit from sending the request to the last byte of the response. The time in which the caller works
    on what has arrived does not count.
    """

    connect: float = 5.0
    read: float = 20.0
    pool: float = 10.0
    total: float = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. Fields that can hold secrets are left out of its repr."""

    method: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    json: bytes | None = field(default=None, repr=False)
    """A body that is already encoded as JSON. `form` must be None."""
    content: bytes | None = field(default=None, repr=False)
    """A body of another type, which `more_headers` names. `form` and `json` must be None."""
    bearer: str | None = field(default=None, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)
    more_headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def with_bearer(self, token: str) -> "Request":
        return replace(self, bearer=token)

    @property
    def headers(self) -> dict[str, str]:
        content_type = {} if self.json is None else {"Content-Type": "application/json"}
        bearer = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        return {**content_type, **bearer, **self.more_headers}


class Response:
    """A response whose status and headers have arrived and whose body is still being received."""

    def __init__(self, response: httpx.Response, *, time_limit: "TimeLimit", max_bytes: int) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.raw_chunks = response.aiter_bytes()
        self.time_limit = time_limit
        self.max_bytes = max_bytes

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Yield the decompressed body as it arrives.

        Raise `RequestFailed` if the connection breaks off, and `BodyTooLong` once more than `max_bytes` have arrived.
        """
        received = 0
        while chunk := await self.time_limit.wait(anext(self.raw_chunks, b"")):
            received += len(chunk)
            if received > self.max_bytes:
                raise BodyTooLong(f"the response is longer than {self.max_bytes} bytes")
            yield chunk

    async def body(self) -> bytes:
        return b"".join([chunk async for chunk in self.chunks()])


class TimeLimit:
    """The remaining time of one request.

    Time counts only while the network is awaited. So a caller may store parts of the response in a slow database
    without losing the connection.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """Await a call of httpx within the remaining time. Raise `RequestFailed` if it fails or takes longer."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self.seconds):
                return await awaitable
        except TimeoutError as error:
            raise RequestFailed("the complete response took too long") from error
        except httpx.HTTPError as error:
            raise RequestFailed(f"the connection failed: {type(error).__name__}") from error
        finally:
            self.seconds -= loop.time() - began


@asynccontextmanager
async def send(request: Request, *, timeouts: Timeouts, max_bytes: int = MAX_BYTES) -> AsyncGenerator[Response]:
    """Send `request` and give the response once its headers have arrived. The end of the block closes it."""
    client = await clients.get()
    outgoing = client.build_request(
        request.method,
        request.url,
        params=request.query or None,
        data=request.form,
        content=request.json if request.content is None else request.content,
        headers=request.headers,
        timeout=httpx.Timeout(timeouts.read, connect=timeouts.connect, pool=timeouts.pool),
    )
    time_limit = TimeLimit(timeouts.total)
    auth = httpx.BasicAuth(*request.basic) if request.basic else None
    response = await time_limit.wait(client.send(outgoing, auth=auth, stream=True))
    try:
        yield Response(response, time_limit=time_limit, max_bytes=max_bytes)
    finally:
        await response.aclose()


async def body_if_complete(response: Response) -> bytes:
    """Return the body, or b"" if it does not arrive completely. Used for error responses, whose status is enough."""
    try:
        return await response.body()
    except TemporaryError:
        return b""
