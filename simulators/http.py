"""A small HTTP/1.1 server on asyncio and h11, which can also send slow or incomplete responses, or none.

A handler is a coroutine function from a Request to a Response. A response with `cut_after` ends in the middle of its
body. A handler that raises HangUpError closes the connection without a response.
"""

import asyncio
import contextlib
import json
import logging
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import parse_qs, parse_qsl, urlsplit

import h11

log = logging.getLogger(__name__)

MAX_BODY = 4_000_000
CHUNK = 65_536

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


class HangUpError(Exception):
    """Close the connection instead of sending a response."""


class _CutShortError(Exception):
    """Close the connection, because `cut_after` bytes of the body were sent."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request with its body. Header names are lower case. `params` has what the `{name}`s of the route matched."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    params: Mapping[str, str] = field(default_factory=dict)

    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)


@dataclass(slots=True)
class Response:
    """A response. The body is bytes, a list of bytes to be joined, or an asynchronous iterator of pieces to be sent."""

    body: bytes | list[bytes] | AsyncIterator[bytes] = b""
    _: KW_ONLY
    status: int = 200
    content_type: str = "text/plain; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """Close the connection after this many bytes of the body."""


Handler = Callable[[Request], Awaitable[Response]]


def json_response(value: object, *, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False).encode(), status=status, content_type=JSON)


def html_response(text: str, *, status: int = 200) -> Response:
    return Response(text.encode(), status=status, content_type=HTML)


def redirect(location: str, *, status: int = 302) -> Response:
    return Response(status=status, headers={"Location": location})


class Router:
    """A handler that passes each request to the handler of its method and path.

    `{name}` in the pattern of a path matches one segment. `otherwise` answers all requests that no pattern matches.
    """

    def __init__(self, otherwise: Handler | None = None) -> None:
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []
        self._otherwise = otherwise

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        expression = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(pattern))
        self._routes.append((method, re.compile(expression), handler))

    async def __call__(self, request: Request) -> Response:
        known = False
        for method, expression, handler in self._routes:
            match = expression.fullmatch(request.path)
            if match and method == request.method:
                return await handler(replace(request, params=match.groupdict()))
            known = known or bool(match)
        if self._otherwise and not known:
            return await self._otherwise(request)
        return Response(b"", status=405) if known else Response(b"Not found", status=404)


class Server:
    """Serve one handler on one host and port, and count the connections."""

    def __init__(self, handle: Handler) -> None:
        self._handle = handle
        self._listener: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[object]] = set()
        self.connections_made = 0

    @property
    def open_connections(self) -> int:
        return len(self._tasks)

    async def start(self, host: str, port: int) -> int:
        """Start to listen, on a free port if `port` is 0. Return the port."""
        self._listener = await asyncio.start_server(self._converse, host, port, backlog=1024)
        return int(self._listener.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._listener:
            self._listener.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task  # noqa: S101 - start_server runs this in a task
        self._tasks.add(task)
        self.connections_made += 1
        try:
            await _Conversation(reader, writer, self._handle).run()
        except _CutShortError:
            pass  # the connection is closed below: close() sends buffered bytes, abort() would not
        except (HangUpError, OSError, h11.ProtocolError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()


class _Conversation:
    """Handles the requests of one connection until client or server closes it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Handler) -> None:
        self._reader, self._writer, self._handle = reader, writer, handle
        self._wire = h11.Connection(h11.SERVER)

    async def run(self) -> None:
        while request := await self._read():
            await self._send(await self._answer(request))
            if self._wire.our_state is not h11.DONE or self._wire.their_state is not h11.DONE:
                return
            self._wire.start_next_cycle()

    async def _event(self) -> h11.Event | type[h11.PAUSED]:
        while (event := self._wire.next_event()) is h11.NEED_DATA:
            if self._wire.they_are_waiting_for_100_continue:
                await self._write(h11.InformationalResponse(status_code=100, headers=[]))
            self._wire.receive_data(await self._reader.read(CHUNK))
        return event  # type: ignore[return-value] # the loop above handles NEED_DATA

    async def _read(self) -> Request | None:
        head = await self._event()
        if not isinstance(head, h11.Request):
            return None
        body = bytearray()
        while isinstance(event := await self._event(), h11.Data):
            body += event.data
            if len(body) > MAX_BODY:
                raise HangUpError
        if not isinstance(event, h11.EndOfMessage):
            return None
        target = urlsplit(head.target.decode("ascii", "replace"))
        return Request(
            method=head.method.decode(),
            path=target.path,
            query=dict(parse_qsl(target.query, keep_blank_values=True)),
            headers={name.decode(): value.decode("latin-1") for name, value in head.headers},
            body=bytes(body),
        )

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._handle(request)
        except HangUpError:
            raise
        except Exception:
            log.exception("%s %s", request.method, request.path)
            return Response(b"The stand-in itself has failed. See its log.", status=500)

    async def _send(self, response: Response) -> None:
        body = b"".join(response.body) if isinstance(response.body, list) else response.body
        headers = [
            ("Date", formatdate(usegmt=True)),
            ("Content-Type", response.content_type),
            *response.headers.items(),
        ]
        if isinstance(body, bytes):
            headers.append(("Content-Length", str(len(body))))
        reason = HTTPStatus(response.status).phrase
        head = h11.Response(status_code=response.status, headers=headers, reason=reason.encode())
        self._writer.write(self._wire.send(head) or b"")
        if isinstance(body, bytes):
            await self._send_piece(body, response.cut_after)
        else:
            await self._send_stream(body, response.cut_after)
        await self._write(h11.EndOfMessage())

    async def _send_stream(self, pieces: AsyncIterator[bytes], left: int | None) -> None:
        async for piece in pieces:
            await self._send_piece(piece, left)
            left = None if left is None else left - len(piece)

    async def _send_piece(self, piece: bytes, left: int | None) -> None:
        if left is not None and len(piece) > left:
            await self._write(h11.Data(data=piece[:left]))
            raise _CutShortError
        if piece:
            await self._write(h11.Data(data=piece))

    async def _write(self, event: h11.Event) -> None:
        self._writer.write(self._wire.send(event) or b"")
        await self._writer.drain()


async def serve(server: Server, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT. Print the URL on one line once requests are accepted."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    sys.stdout.write(f"listening on http://{host}:{await server.start(host, port)}\n")
    sys.stdout.flush()
    await stop.wait()
    await server.close()
