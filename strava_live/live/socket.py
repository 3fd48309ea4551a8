"""What all sockets share: who gets in, staying entitled, commands that are not understood, floods, and leaving well."""

import asyncio
import time
from collections import deque
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from channels.auth import get_user
from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError

from strava_live.accounts.models import User
from strava_live.broadcast import session_group
from strava_live.protocol import BadDates, Close, Error, Message, NotUnderstood, Ping, Pong, frame, parse_command

MOST_IN_A_ROW = 3
MOST_MESSAGES, IN_SECONDS = 60, 10.0


class Socket(AsyncWebsocketConsumer):
    """One socket of somebody who is signed in."""

    user: User

    def __init__(self) -> None:
        super().__init__()
        self.joined: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        try:
            return await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            # The process is going away (hub.daphne); without this the browser would see a broken connection.
            with suppress(Exception):
                await send({"type": "websocket.close", "code": Close.GOING_AWAY})
            raise
        finally:
            await self.leave_groups()

    async def dispatch(self, message: Any) -> None:
        """Channels would first look for old connections on the one database thread that all sockets share, and make a
        ping wait for everybody's queries. Whoever queries from a socket clears up behind itself."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        self.in_a_row = 0
        self.times: deque[float] = deque(maxlen=MOST_MESSAGES)
        await self.accept()
        user = self.scope["user"]
        if not isinstance(user, User):
            await self.close(Close.NOT_SIGNED_IN)
            return
        self.user = user
        await self.join(session_group(self.scope["session"].session_key))
        await self.enter()
        self.go_with_me(self.stay_entitled())

    async def enter(self) -> None:
        """Join what is to be heard, then read where it stands, then say hello."""
        raise NotImplementedError

    async def obey(self, command: Any) -> None:
        """Do what the client asks for."""
        raise NotImplementedError

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.floods():
            await self.close(Close.TOO_MANY)
            return
        try:
            command = parse_command(text_data)
        except BadDates as error:
            self.in_a_row = 0  # understood, and impossible
            await self.tell_me(Error(code=error.code, message=str(error)))
            return
        except NotUnderstood as error:
            await self.not_understood(error)
            return
        self.in_a_row = 0
        if isinstance(command, Ping):
            await self.tell_me(Pong())
            await self.pinged()
        else:
            await self.obey(command)

    async def pinged(self) -> None:
        """The client is still there."""

    async def not_understood(self, error: NotUnderstood) -> None:
        await self.tell_me(Error(code=error.code, message=str(error)))
        self.in_a_row += 1
        if self.in_a_row >= MOST_IN_A_ROW:
            await self.close(Close.NOT_UNDERSTOOD)

    def floods(self) -> bool:
        now = time.monotonic()
        self.times.append(now)
        return len(self.times) == MOST_MESSAGES and now - self.times[0] < IN_SECONDS

    async def stay_entitled(self) -> None:
        """Signing out closes the socket at once; this is for what nobody announces, such as a changed password."""
        while True:
            await asyncio.sleep(settings.SOCKET_RECHECK_S)
            try:
                entitled = await self.is_entitled()
            except DatabaseError:
                continue  # asked again after the next pause
            if not entitled:
                await self.close(Close.NOT_SIGNED_IN)
                return

    async def is_entitled(self) -> bool:
        """By the session as it is stored now; the one in the scope was read when the socket opened."""
        stored: Any = SessionStore(session_key=self.scope["session"].session_key)
        return bool((await get_user({**self.scope, "session": stored})).is_authenticated)

    def go_with_me(self, work: Coroutine[Any, Any, None]) -> None:
        """Beside the conversation, and no longer than it."""
        self.tasks.append(asyncio.create_task(work))

    async def join(self, group: str) -> None:
        self.joined.append(group)
        await self.channel_layer.group_add(group, self.channel_name)

    async def leave_groups(self) -> None:
        for task in self.tasks:
            task.cancel()
        for group in self.joined:
            with suppress(Exception):
                await self.channel_layer.group_discard(group, self.channel_name)

    async def tell_me(self, *messages: Message) -> None:
        await self.send(text_data=frame([message.wire() for message in messages]))

    async def tell(self, event: dict[str, Any]) -> None:
        """From the layer: a finished frame."""
        await self.send(text_data=event["frame"])

    async def leave(self, event: dict[str, Any]) -> None:
        """From the layer: whoever is here may stay no longer."""
        await self.close(event["code"])
