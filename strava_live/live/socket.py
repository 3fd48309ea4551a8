"""Base class of all sockets: open, receive commands and limit their rate, handle them in order, and close.

This is plain ASGI rather than a Channels consumer. A consumer has a channel of its own in the channel layer, and runs
its database work in one thread for the whole process. Here the hub receives announcements for all sockets, and
database work has several threads (`strava_live.database`). A socket's commands are handled one after another, in a
task beside the one that receives messages, so that pings are answered while a command waits.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar, ParamSpec, TypeVar
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import DatabaseError
from django.http.cookie import parse_cookie

from strava_live.activities.athlete_state import AthleteErased
from strava_live.database import for_writers, is_temporary
from strava_live.error_codes import ErrorCode
from strava_live.hub.authorizer import ConnectionRefused
from strava_live.hub.client_writers import CLOSE_TIMEOUT_S, client_writer_of
from strava_live.hub.connections import Connection
from strava_live.hub.frames import Frame
from strava_live.hub.hub import hub
from strava_live.leaky_bucket import MESSAGES
from strava_live.live.origin import header
from strava_live.protocol import (
    BadDates,
    Close,
    Command,
    Commands,
    Error,
    InvalidMessage,
    Message,
    Ping,
    Pong,
    frame,
    parse_after,
    parse_command,
)
from strava_live.write_queue import writers

logger = logging.getLogger(__name__)

MAX_INVALID_IN_A_ROW = 3
"""The number of invalid messages in a row after which the socket is closed."""
MAX_QUEUED = 60
"""The largest number of commands in a socket's queue: as many as the rate limit allows at once."""
TRY_AGAIN = Error(code=ErrorCode.TRY_AGAIN, message="That didn't work. Try again in a moment.")

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
P = ParamSpec("P")
R = TypeVar("R")


class ClosedByServer(Exception):
    """The server has closed the socket while a command waited in the write queue. The command is not carried out."""


class Socket:
    """One socket, from its handshake to its end. It does not keep the ASGI scope, to save memory."""

    __slots__ = (
        "after",
        "bucket_empty_at",
        "client_disconnected",
        "connection",
        "handling",
        "invalid_in_a_row",
        "queue",
        "requested_at",
        "session_key",
        "tasks",
        "writer",
    )

    commands: ClassVar[Commands]
    """The commands that this kind of socket accepts."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.writer = client_writer_of(scope, send)
        self.session_key = parse_cookie(header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME, "")
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        self.after = self.read_after(dict(query))
        """The last change that the client has; None if it has none."""
        self.requested_at = time.monotonic()
        """When the client asked to connect."""
        self.bucket_empty_at = 0
        """The state of the leaky bucket that limits the rate of messages."""
        self.invalid_in_a_row = 0
        self.connection: Connection | None = None
        """This socket as the hub knows it; None until the client is authorized."""
        self.tasks: tuple[asyncio.Task[None], ...] = ()
        """Tasks that are cancelled when the socket ends."""
        self.queue: list[tuple[float, Command]] = []
        """Commands to handle, each with the time of its arrival, the oldest first."""
        self.client_disconnected = False
        self.handling: asyncio.Task[None] | None = None
        """The running task of `handle_queue`; None if none runs."""

    def read_after(self, query: Mapping[str, str]) -> Any:
        """Return the last change that the client has, from `after` in the query string; None if it has none."""
        return parse_after(query)

    @classmethod
    def as_asgi(cls) -> Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]:
        """Return an ASGI application that makes one Socket for each connection."""

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            await cls(scope, send).run(receive, send)

        return application

    async def run(self, receive: Receive, send: Send) -> None:
        """Accept the socket, and receive messages until the client disconnects."""
        try:
            await receive()  # websocket.connect
            await send({"type": "websocket.accept"})
            await self.close_on_failure(self.close_if_refused(self.open()))
            while (message := await receive())["type"] != "websocket.disconnect":
                if not self.writer.closed:
                    await self.close_on_failure(self.receive(message.get("text")))
            self.client_disconnected = True
            self.unregister()
            if self.handling is not None:
                await self.handling  # finish the commands that arrived before the disconnect
        except asyncio.CancelledError:
            # The process is stopping (hub.shutdown). Without a close code the browser would report a broken connection.
            with suppress(Exception):
                await asyncio.wait_for(send({"type": "websocket.close", "code": Close.GOING_AWAY}), CLOSE_TIMEOUT_S)
            raise
        finally:
            await self.clean_up()

    async def close_on_failure(self, work: Coroutine[Any, Any, None]) -> None:
        """Await `work`. If it raises, log the exception and close the socket, so that the client reconnects."""
        try:
            await work
        except Exception:
            logger.exception("a socket failed", extra={"socket": type(self).__name__})
            self.writer.close(Close.TRY_LATER)

    async def close_if_refused(self, opening: Coroutine[Any, Any, None]) -> None:
        """Await the opening of the socket. If the client is refused, close the socket with a code that says why.

        The handshake is complete by now: if it were refused, the browser would not tell the page's script why.
        """
        try:
            await opening
        except ConnectionRefused as refused:
            self.writer.close(refused.code)
        except DatabaseError as error:
            logger.warning("a socket could not be opened", extra={"reason": repr(error)})
            self.writer.close(Close.TRY_LATER)

    async def open(self) -> None:
        """Authorize the client, register its connection with the hub, and begin to send.

        Raise ConnectionRefused if the client may not connect.
        """
        connection = await self.authorize()
        self.register(connection)
        await self.begin(connection)

    async def authorize(self) -> Connection:
        """Return the connection, with what its client may read, or raise ConnectionRefused."""
        raise NotImplementedError

    async def begin(self, connection: Connection) -> None:
        """Subscribe to changes, then send `hello`. May raise ConnectionRefused.

        Subscribe before reading the snapshot for `hello`, so that no change is lost in between.
        """
        raise NotImplementedError

    async def handle(self, command: Any) -> None:
        """Carry out one command of the client."""
        raise NotImplementedError

    async def on_ping(self) -> None:
        """Do what a subclass needs for each ping of the client."""

    async def clean_up(self) -> None:
        """Cancel the socket's tasks, and remove its connection from the hub."""
        for task in (*self.tasks, self.handling):
            if task is not None:
                task.cancel()
        self.unregister()

    def register(self, connection: Connection) -> None:
        """Register an authorized connection with the hub. Raise ConnectionRefused if it was evicted meanwhile."""
        self.connection = connection
        hub().register(connection, requested_at=self.requested_at)

    def unregister(self) -> None:
        if self.connection is not None:
            hub().unregister(self.connection)

    async def receive(self, text: str | None) -> None:
        """Receive a message: answer a ping at once, and queue a command.

        Refuse an invalid message, and any command while the queue is full. Close the socket if the client sends too
        many messages.
        """
        if self.over_rate_limit():
            self.writer.close(Close.TOO_MANY)
            return
        try:
            command = parse_command(text, self.commands)
        except InvalidMessage as error:
            self.refuse_invalid(error)
            return
        self.invalid_in_a_row = 0
        if isinstance(command, Ping):
            self.send(Pong())
            await self.on_ping()
            return
        if len(self.queue) >= MAX_QUEUED:
            self.refuse(command, TRY_AGAIN)
            return
        self.queue.append((time.monotonic(), command))
        if self.handling is None:
            self.handling = asyncio.create_task(self.handle_queue())

    async def handle_queue(self) -> None:
        """Handle the queued commands one after another, until the queue is empty or the server closes the socket.

        Refuse a command that has waited too long with the error `try_again`. If the client has disconnected, it could
        not try again, so its commands are carried out however long they waited.
        """
        while self.queue and not self.writer.closed_by_server:
            arrived_at, command = self.queue.pop(0)
            if time.monotonic() - arrived_at > settings.WRITE_PATIENCE_S and not self.client_disconnected:
                self.refuse(command, TRY_AGAIN)
            else:
                await self.close_on_failure(self.handle_or_refuse(command))
        self.handling = None

    async def handle_or_refuse(self, command: Command) -> None:
        """Carry out a command, or answer with the error `try_again` if the database fails.

        Close the socket if the person's account has just been deleted.
        """
        try:
            await self.handle(command)
        except ClosedByServer:
            return
        except DatabaseError as error:
            event = "a command must be sent again" if is_temporary(error) else "a command failed in the database"
            logger.warning(event, extra={"reason": repr(error)})
            self.refuse(command, TRY_AGAIN)
        except AthleteErased:
            self.writer.close(Close.NOT_SIGNED_IN)

    async def write(self, keys: Iterable[str], work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `work` in a thread for database writes. Wait first for earlier writes of this process with one of `keys`.

        A key names what the write changes, such as a club, an athlete or an inbox. If this task is cancelled, wait for
        `work` all the same: the keys must not be free before its transaction has ended.
        """
        async with writers.slot(keys):
            if self.writer.closed_by_server:
                raise ClosedByServer
            writing = asyncio.ensure_future(for_writers(work)(*args, **kwargs))
            try:
                return await asyncio.shield(writing)
            except asyncio.CancelledError:
                await asyncio.gather(writing, return_exceptions=True)
                raise

    def refuse(self, command: Command, error: Error) -> None:
        """Send an error with the `ref` of the command that caused it."""
        self.send(replace(error, ref=command.ref))

    def refuse_invalid(self, error: InvalidMessage) -> None:
        """Send an error. Close the socket after MAX_INVALID_IN_A_ROW messages in a row that could not be parsed."""
        self.send(Error(code=error.code, message=str(error), ref=error.ref))
        was_parsed = isinstance(error, BadDates)
        self.invalid_in_a_row = 0 if was_parsed else self.invalid_in_a_row + 1
        if self.invalid_in_a_row >= MAX_INVALID_IN_A_ROW:
            self.writer.close(Close.NOT_UNDERSTOOD)

    def over_rate_limit(self) -> bool:
        """Count a message. Return True if the client sends more than the leaky bucket MESSAGES allows."""
        now = time.monotonic_ns() // 1000
        self.bucket_empty_at = MESSAGES.after_one_more(self.bucket_empty_at, now)
        return MESSAGES.overflow(self.bucket_empty_at, now) > 0

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` in a task, which is cancelled when the socket ends."""
        task = asyncio.create_task(self.close_on_failure(work))
        task.add_done_callback(lambda _: work.close())  # a task that is cancelled before it begins never awaits `work`
        self.tasks += (task,)

    def send(self, *messages: Message) -> None:
        """Send messages to the client in one frame."""
        self.writer.write(Frame(frame([message.wire() for message in messages])))


async def close_unknown_path(_: Scope, receive: Receive, send: Send) -> None:
    """Serve a socket whose path does not exist: close it. Channels would log a traceback."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": Close.NOT_THERE})
