"""Event streams of clubs and athletes: what their sockets send, as server-sent events.

A stream is a socket with another writer. The same code authorizes it, reads its `hello`, passes changes to it and ends
it. Like sockets it is plain ASGI in front of Django: no middleware sees it, so nothing compresses or buffers it. A
request that is not a GET, or whose host or scheme is wrong, goes on to Django.
"""

import asyncio
import logging
import re
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from ninja import Router

from strava_live.api.caller import ApiRequest, bucket_of, count, member_of_club
from strava_live.api.documented import documented
from strava_live.api.errors import JSON, ApiError, error_bytes
from strava_live.broadcast import person_target
from strava_live.database import for_readers
from strava_live.error_codes import ErrorCode
from strava_live.hub.authorizer import ConnectionRefused, TokenAccess
from strava_live.hub.client_writers import CLOSE_TIMEOUT_S, WRITER_EXTENSION
from strava_live.hub.connections import Connection
from strava_live.hub.event_streams import RETRY_MS, StreamWriter, body, retry, sink_of
from strava_live.hub.hub import hub
from strava_live.live.club import ClubSocket
from strava_live.live.origin import header, request_to_site
from strava_live.live.socket import Receive, Scope, Send, Socket
from strava_live.live.sync import SyncSocket
from strava_live.protocol import Close
from strava_live.protocol.api_common import V1

logger = logging.getLogger(__name__)
router = Router(tags=["Streams"])
EVENT_STREAM = "text/event-stream"
PATH = re.compile(rf"{V1}(?:clubs/(?P<slug>[-a-zA-Z0-9_]+)|me)/stream")
HEADERS = {
    "Content-Type": f"{EVENT_STREAM}; charset=utf-8",
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",  # nginx passes each event on at once
    "X-Content-Type-Options": "nosniff",
}
FIRST = retry(RETRY_MS).text
"""What every stream begins with, before its `hello` has been read."""
RETRY_AFTER_S = {ErrorCode.TRY_AGAIN: 5, ErrorCode.TOO_MANY_REQUESTS: 60}
OF_CLOSE_CODE = {
    Close.NOT_SIGNED_IN: ErrorCode.NOT_SIGNED_IN,
    Close.NOT_ALLOWED: ErrorCode.NOT_ALLOWED,
    Close.NOT_THERE: ErrorCode.NOT_FOUND,
}
"""The error for the code with which a socket would be closed. For every other code it is TRY_AGAIN."""


class StreamReceiver:
    """ASGI middleware around Django's application that answers requests for streams."""

    def __init__(self, pages: Any) -> None:
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        stream = stream_of(scope, send)
        await (self.pages(scope, receive, send) if stream is None else stream.run(receive, send))


def stream_of(scope: Scope, send: Send) -> "StreamMixin | None":
    """Return the stream that a request asks for; None if Django must answer the request."""
    found = PATH.fullmatch(scope["path"])
    if found is None or scope["method"] != "GET" or request_to_site(scope) is None:
        return None
    return ClubStream(scope, send, found["slug"]) if found["slug"] else AthleteStream(scope, send)


class StreamMixin(Socket):
    """A GET request that is answered with the messages of a socket. Inherit from this before the socket's class."""

    writer: StreamWriter

    def __init__(self, scope: Scope, send: Send, slug: str = "") -> None:
        super().__init__(as_socket(scope, slug), send)
        sent = [value.decode("latin-1") for key, value in scope["headers"] if key == b"authorization"]
        self.credentials = ",".join(sent) if sent else None
        """The header Authorization; None if there is none, so that the session counts."""
        self.sink_of = sink_of(scope)
        """A function that returns the sink to which events are written, once the answer has begun."""

    async def run(self, receive: Receive, send: Send) -> None:
        """Answer with the stream, and wait until the client disconnects or the stream is ended."""
        try:
            try:
                connection = await self.admit()
            except ApiError as error:
                await send_error(send, error)
                return
            await send_head(send, 200, HEADERS)
            await send(body(FIRST, more=True))
            self.writer.open(self.sink_of(send))
            if not self.writer.closed_by_server:  # an eviction may have come while the answer began
                await self.close_on_failure(self.close_if_refused(self.begin(connection)))
            await until_disconnected(receive)
        except asyncio.CancelledError:  # the process is stopping (hub.shutdown)
            self.writer.close(Close.GOING_AWAY)
            with suppress(TimeoutError):
                await asyncio.wait_for(until_disconnected(receive), CLOSE_TIMEOUT_S)
            raise
        finally:
            await self.clean_up()

    async def admit(self) -> Connection:
        """Authorize the client and register its connection with the hub. Raise ApiError if that is not possible."""
        try:
            connection = await self.authorize()
            await for_readers(count_opening)(connection)
            self.check_number(connection)
            self.register(connection)
        except ConnectionRefused as refused:
            raise error_of(OF_CLOSE_CODE.get(refused.code, ErrorCode.TRY_AGAIN)) from None
        except DatabaseError as error:
            logger.warning("a stream could not be opened", extra={"reason": repr(error)})
            raise error_of(ErrorCode.TRY_AGAIN) from None
        except ApiError:
            raise
        except Exception:
            logger.exception("a stream failed", extra={"stream": type(self).__name__})
            raise error_of(ErrorCode.SERVER_ERROR) from None
        return connection

    def check_number(self, connection: Connection) -> None:
        """Raise ApiError if the person has settings.STREAMS_A_PERSON sockets and streams in this process."""
        if connection.user_id is None:
            return
        if len(hub().registry.with_target(person_target(connection.user_id))) >= settings.STREAMS_A_PERSON:
            raise error_of(ErrorCode.TOO_MANY_REQUESTS)

    async def token(self, credentials: str) -> TokenAccess:
        """Return the access of the token in a header Authorization, or raise ConnectionRefused."""
        scheme, _, secret = credentials.strip().partition(" ")
        if scheme.lower() != "bearer":
            raise ConnectionRefused(Close.NOT_SIGNED_IN)
        return await hub().authorizer.token(secret.strip())


class ClubStream(StreamMixin, ClubSocket):
    """The messages of /ws/clubs/<slug>/."""

    async def authorize(self) -> Connection:
        if self.credentials is None:
            return await super().authorize()
        token = await self.token(self.credentials)
        access = await hub().authorizer.member_by_id(token.user.pk, self.slug)
        return Connection(self.writer, user_id=access.user_id, token_id=token.token_id, feed_access=access)


class AthleteStream(StreamMixin, SyncSocket):
    """The messages of /ws/sync/."""

    async def authorize(self) -> Connection:
        if self.credentials is None:
            return await super().authorize()
        token = await self.token(self.credentials)
        self.user = token.user
        return Connection(self.writer, user_id=token.user.pk, token_id=token.token_id)

    async def send_hello(self) -> None:
        """Send `hello`, and all further changes after the client's mark: `hello` has at most 500."""
        await super().send_hello()
        if self.after is not None:
            await self.catch_up()


def as_socket(scope: Scope, slug: str) -> Scope:
    """Return a scope for the class of a socket. `Last-Event-ID` takes the place of `after` in the query string."""
    last = header(scope, b"last-event-id")
    return {
        "headers": scope["headers"],
        "query_string": urlencode({"after": last}).encode() if last else scope["query_string"],
        "url_route": {"kwargs": {"slug": slug}},
        "extensions": {WRITER_EXTENSION: StreamWriter()},
    }


async def until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def count_opening(connection: Connection) -> None:
    """Count the opening of a stream as a read. Raise ApiError over the rate."""
    if connection.user_id is not None:
        count("api.read", bucket_of(connection.user_id, connection.token_id), settings.API_READS_A_MINUTE)


def error_of(code: ErrorCode) -> ApiError:
    wait_s = RETRY_AFTER_S.get(code)
    return ApiError(code, headers={"Retry-After": str(wait_s)} if wait_s else {})


async def send_head(send: Send, status: int, headers: dict[str, str]) -> None:
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})


async def send_error(send: Send, error: ApiError) -> None:
    content = error_bytes(error.code, str(error))
    headers = {"Content-Type": JSON, "Content-Length": str(len(content)), "Cache-Control": "no-store"} | error.headers
    await send_head(send, error.code.status, headers)
    await send(body(content, more=False))


# --- The routes, for OpenAPI. They answer only HEAD, because StreamReceiver answers every GET.

CLUB_EXAMPLE = """retry: 3000

event: hello
id: x7Rk2mQ0:1213
data: {"type":"hello","protocol":1,"epoch":"x7Rk2mQ0","seq":1213,"entries":[],"complete":true}

event: entry.removed
id: x7Rk2mQ0:1214
data: {"type":"entry.removed","seq":1214,"id":821}

:

"""
ATHLETE_EXAMPLE = """retry: 3000

event: hello
id: 4711
data: {"type":"hello","protocol":1,"run":null,"mark":4711,"items":[],"removed":[],"complete":true}

event: activities.removed
id: 4712
data: {"type":"activities.removed","strava_ids":[9912345678],"mark":4712}

"""


def documented_stream(example: str, *errors: int) -> dict[str, Any]:
    described = documented(None, example=None, errors=errors)
    content = {EVENT_STREAM: {"schema": {"type": "string"}, "example": example}}
    described["openapi_extra"]["responses"] = {200: {"content": content}}
    return described


@router.get("/clubs/{slug:slug}/stream", **documented_stream(CLUB_EXAMPLE, 404))
def stream_club(request: ApiRequest, slug: str) -> HttpResponse:
    """Stream a club's feed as server-sent events.

    Each event is a message of the socket `/ws/clubs/<slug>/`: `event` is its type, `data` its JSON, and `id` is
    `<epoch>:<seq>`. Send the last `id` as `Last-Event-ID`, or as `after` in the query, to get everything since.
    """
    member_of_club(request, slug)
    return HttpResponse(FIRST, headers=HEADERS)


@router.get("/me/stream", **documented_stream(ATHLETE_EXAMPLE))
def stream_athlete(request: HttpRequest) -> HttpResponse:
    """Stream your imports and activities as server-sent events.

    Each event is a message of the socket `/ws/sync/`: `event` is its type, `data` its JSON, and `id` is the mark. Send
    the last `id` as `Last-Event-ID`, or as `after` in the query, to get everything since.
    """
    return HttpResponse(FIRST, headers=HEADERS)
