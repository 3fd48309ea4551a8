"""What all sockets share: being let in, commands that are not understood, floods, and leaving well.

Plain ASGI rather than a consumer of Channels, which has a channel of its own for each socket and takes a turn of the
one database thread for each message. What is announced comes from the hub instead, and what a client asks for is done
beside the conversation, one command after another, so that its pings are answered meanwhile.
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

from strava_live.database import for_writers, is_temporary
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
    Error,
    InvalidMessage,
    Message,
    Ping,
    Pong,
    CommandParsers,
    frame,
    parse_command,
    parse_after,
)
from strava_live.write_queue import writers

logger = logging.getLogger(__name__)

MOST_IN_A_ROW = 3
MOST_WAITING = 60
"""Commands that are still to be obeyed. More than a client may send at once wait only where the database is slow."""
TRY_AGAIN = Error(code="try_again", message="That didn't work. Try again in a moment.")

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
P = ParamSpec("P")
R = TypeVar("R")


class ClosedByServer(Exception):
    """The socket was closed while a command waited for its turn."""


class Socket:
    """One socket, from its handshake to its end. Nothing of the scope stays: a process has thousands."""

    __slots__ = (
        "after",
        "bucket_empty_at",
        "client_left",
        "connection",
        "in_a_row",
        "obeying",
        "requested_at",
        "session_key",
        "tasks",
        "waiting",
        "writer",
    )

    commands: ClassVar[CommandParsers]

    def __init__(self, scope: Scope, send: Send) -> None:
        self.writer = client_writer_of(scope, send)
        self.session_key = parse_cookie(header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME, "")
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        self.after = self.read_after(dict(query))
        self.requested_at = time.monotonic()
        self.bucket_empty_at = 0
        self.in_a_row = 0
        self.connection: Connection | None = None
        self.tasks: tuple[asyncio.Task[None], ...] = ()
        self.waiting: list[tuple[float, Command]] = []
        """Commands in the order in which they came, each with when it came."""
        self.client_left = False
        self.obeying: asyncio.Task[None] | None = None

    def read_after(self, query: Mapping[str, str]) -> Any:
        """Return where the client stands, by the address of the socket."""
        return parse_after(query)

    @classmethod
    def as_asgi(cls) -> Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]:
        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            await cls(scope, send).talk(receive, send)

        return application

    async def talk(self, receive: Receive, send: Send) -> None:
        try:
            await receive()  # that somebody connects
            await send({"type": "websocket.accept"})
            await self.or_close(self.let_in())
            while (message := await receive())["type"] != "websocket.disconnect":
                if not self.writer.closed:
                    await self.or_close(self.hear(message.get("text")))
            self.client_left = True
            self.let_go()
            if self.obeying is not None:
                await self.obeying  # what was asked for before the good-bye is done all the same
        except asyncio.CancelledError:
            # The process is going away (hub.daphne); without this the browser would see a broken connection.
            with suppress(Exception):
                await asyncio.wait_for(send({"type": "websocket.close", "code": Close.GOING_AWAY}), CLOSE_TIMEOUT_S)
            raise
        finally:
            await self.leave()

    async def or_close(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work`; if it fails unexpectedly, log that and close the socket, so that the client dials again."""
        try:
            await work
        except Exception:
            logger.exception("a socket failed", extra={"socket": type(self).__name__})
            self.writer.close(Close.TRY_LATER)

    async def let_in(self) -> None:
        """A close before the handshake is done would reach the browser without its code, so this comes after it."""
        try:
            await self.enter()
        except ConnectionRefused as refused:
            self.writer.close(refused.code)
        except DatabaseError as error:
            logger.warning("nobody can be let in", extra={"reason": repr(error)})
            self.writer.close(Close.TRY_LATER)

    async def enter(self) -> None:
        """Find out who it is and take them in; join what is to be heard, then read where it stands, then say hello."""
        raise NotImplementedError

    async def obey(self, command: Any) -> None:
        """Do what the client asks for."""
        raise NotImplementedError

    async def pinged(self) -> None:
        """The client is still there."""

    async def leave(self) -> None:
        for task in (*self.tasks, self.obeying):
            if task is not None:
                task.cancel()
        self.let_go()

    def let_go(self) -> None:
        if self.connection is not None:
            hub().unregister(self.connection)

    def register(self, connection: Connection) -> None:
        self.connection = connection
        hub().register(connection, requested_at=self.requested_at)

    async def hear(self, text: str | None) -> None:
        if self.floods():
            self.writer.close(Close.TOO_MANY)
            return
        try:
            command = parse_command(text, self.commands)
        except InvalidMessage as error:
            self.invalid_message(error)
            return
        self.in_a_row = 0
        if isinstance(command, Ping):
            self.tell(Pong())
            await self.pinged()
            return
        if len(self.waiting) >= MOST_WAITING:
            self.refuse(command, TRY_AGAIN)
            return
        self.waiting.append((time.monotonic(), command))
        if self.obeying is None:
            self.obeying = asyncio.create_task(self.obey_waiting())

    async def obey_waiting(self) -> None:
        """Obey one command after another, but none once the server has closed the socket. A client that is still there
        is asked to send again what has waited too long."""
        while self.waiting and not self.writer.closed_by_server:
            came_at, command = self.waiting.pop(0)
            if time.monotonic() - came_at > settings.WRITE_PATIENCE_S and not self.client_left:
                self.refuse(command, TRY_AGAIN)
            else:
                await self.or_close(self.obey_one(command))
        self.obeying = None

    async def obey_one(self, command: Command) -> None:
        try:
            await self.obey(command)
        except ClosedByServer:
            return
        except DatabaseError as error:
            words = "a command has to be tried again" if is_temporary(error) else "a command could not be obeyed"
            logger.warning(words, extra={"reason": repr(error)})
            self.refuse(command, TRY_AGAIN)

    async def write(self, keys: Iterable[str], work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `work` in a writer's thread, when no other write of this process has one of `keys`.

        It is waited for even if this task is cancelled: the keys are in use until its transaction is over."""
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
        self.tell(replace(error, ref=command.ref))

    def invalid_message(self, error: InvalidMessage) -> None:
        self.tell(Error(code=error.code, message=str(error), ref=error.ref))
        self.in_a_row = 0 if isinstance(error, BadDates) else self.in_a_row + 1  # those are understood, and impossible
        if self.in_a_row >= MOST_IN_A_ROW:
            self.writer.close(Close.NOT_UNDERSTOOD)

    def floods(self) -> bool:
        """Return whether this message is more than the leaky bucket takes: 60 messages in 10 seconds."""
        now = time.monotonic_ns() // 1000
        self.bucket_empty_at = MESSAGES.after_one_more(self.bucket_empty_at, now)
        return MESSAGES.overflow(self.bucket_empty_at, now) > 0

    def go_with_me(self, work: Coroutine[Any, Any, None]) -> None:
        """Beside the conversation, and no longer than it."""
        self.tasks += (asyncio.create_task(self.or_close(work)),)

    def tell(self, *messages: Message) -> None:
        self.writer.write(Frame(frame([message.wire() for message in messages])))
