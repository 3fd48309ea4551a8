"""The line to one client. Whoever writes to a thousand of them waits for none.

Our own server offers a line that writes straight to the socket (hub.daphne). Under any other server there is this one,
over the `send` that every ASGI server has. Neither keeps more for a client than settings.SOCKET_UNSENT_MOST: who does
not read is told to redial, and catches up from the table.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

from django.conf import settings

from strava_live.hub.frames import Frame
from strava_live.protocol import Close

EXTENSION = "strava_live.client_writer"
"""Under this name a server offers its own client writer in the scope's extensions."""
CLOSE_TIMEOUT_S = 1.0

Send = Callable[[dict[str, Any]], Awaitable[None]]


class ClientWriter(Protocol):
    @property
    def closed(self) -> bool:
        """Nothing reaches the client any more, and nothing that it says counts."""

    @property
    def closed_by_server(self) -> bool:
        """What the client has asked for and is not done yet is not done any more."""

    def write(self, frame: Frame) -> None: ...

    def close(self, code: int) -> None: ...


def client_writer_of(scope: dict[str, Any], send: Send) -> ClientWriter:
    offered: ClientWriter | None = scope.get("extensions", {}).get(EXTENSION)
    return offered or AsgiClientWriter(send)


class AsgiClientWriter:
    """One frame after another through `send`, by a task that lives only while there is something to send."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.waiting: deque[Frame] = deque()
        self.unsent = 0
        self.closed = self.closed_by_server = False
        self.sending: asyncio.Task[None] | None = None

    def write(self, frame: Frame) -> None:
        if self.closed:
            return
        if self.unsent > settings.SOCKET_UNSENT_MOST:
            self.close(Close.GOING_AWAY)
            return
        self.waiting.append(frame)
        self.unsent += len(frame.finished)
        if self.sending is None:
            self.sending = asyncio.create_task(self.send_waiting())

    def close(self, code: int) -> None:
        """After what a client that reads still gets; one that does not is not waited for."""
        if not self.closed:
            self.closed = self.closed_by_server = True
            self.sending = asyncio.create_task(self.send_close(code, self.sending))

    async def send_waiting(self) -> None:
        # A server says by an exception that the client is gone; the conversation hears of it as a disconnect.
        with suppress(OSError, RuntimeError):
            while self.waiting:
                await self.send({"type": "websocket.send", "text": self.waiting[0].text})
                self.unsent -= len(self.waiting.popleft().finished)
        if not self.closed:
            self.sending = None

    async def send_close(self, code: int, sending: "asyncio.Task[None] | None") -> None:
        if sending is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(sending, CLOSE_TIMEOUT_S)
        self.waiting.clear()
        with suppress(OSError, RuntimeError, TimeoutError):
            await asyncio.wait_for(self.send({"type": "websocket.close", "code": code}), CLOSE_TIMEOUT_S)
