"""Write frames to one client without waiting until the client has read them, so that no client delays another.

Our own server offers a writer that writes straight to the TCP socket (hub.daphne_sockets), except under TLS. Without
that offer, AsgiClientWriter writes through the `send` that every ASGI server has. Both writers close the socket of a
client that is more than settings.SOCKET_UNSENT_MOST bytes behind. That client then reconnects and gets what it missed
from the database.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

from django.conf import settings

from strava_live import tallies
from strava_live.hub.frames import Frame
from strava_live.protocol import Close

WRITER_EXTENSION = "strava_live.client_writer"
"""Key in the ASGI scope's extensions under which a server offers its own client writer."""
UNTIL_TAKEN_EXTENSION = "strava_live.until_taken"
"""Key in the ASGI scope's extensions under which a server offers a coroutine function without arguments. It waits until
a slow client has taken most of what was sent."""
CLOSE_TIMEOUT_S = 1.0
"""Seconds to wait for a slow client when its socket is closed. When the process stops, the hub must close within this
time. Requests that are cancelled then must end within this time, too."""

Send = Callable[[dict[str, Any]], Awaitable[None]]


class ClientWriter(Protocol):
    """What the hub needs of a client's socket."""

    @property
    def closed(self) -> bool:
        """True once the server has begun to close the socket, or the writer has noticed that it is closed.

        New frames to and from the client are then dropped.
        """

    @property
    def closed_by_server(self) -> bool:
        """True once `close` has begun to close the socket.

        Commands that have arrived, but have not run yet, are then dropped. If the client closes the socket, they still
        run.
        """

    def write(self, frame: Frame) -> None:
        """Send a frame soon, and return at once. Do nothing if the socket is closed."""

    def close(self, code: int) -> None:
        """Close the socket with a close code soon, and return at once."""


def client_writer_of(scope: dict[str, Any], send: Send) -> ClientWriter:
    """Return the writer that the server offers for this socket, or one that uses ASGI's `send`."""
    offered: ClientWriter | None = scope.get("extensions", {}).get(WRITER_EXTENSION)
    return offered or AsgiClientWriter(send)


class AsgiQueue:
    """Send ASGI messages one after another, in a task that exists only while there are messages to send."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.waiting: deque[tuple[dict[str, Any], int]] = deque()
        """The messages to send, each with its size in bytes."""
        self.unsent_bytes = 0
        self.closed = False
        self.sending: asyncio.Task[None] | None = None

    def put(self, message: dict[str, Any], size: int) -> bool:
        """Send a message soon. Return False, and do nothing, if more than settings.SOCKET_UNSENT_MOST bytes wait."""
        if self.unsent_bytes > settings.SOCKET_UNSENT_MOST:
            return False
        self.waiting.append((message, size))
        self.unsent_bytes += size
        if self.sending is None:
            self.sending = asyncio.create_task(self.send_waiting())
        return True

    def close(self, last: dict[str, Any]) -> None:
        """Send `last` once the waiting messages are sent, and nothing after it.

        Drop messages that still wait after CLOSE_TIMEOUT_S.
        """
        self.closed = True
        self.sending = asyncio.create_task(self.send_last(last, self.sending))

    async def send_waiting(self) -> None:
        # Servers raise if the client has disconnected. The application then receives the disconnect, too.
        with suppress(OSError, RuntimeError):
            while self.waiting:
                message, size = self.waiting[0]
                await self.send(message)
                self.unsent_bytes -= size
                self.waiting.popleft()
        if not self.closed:
            self.sending = None

    async def send_last(self, last: dict[str, Any], sending: "asyncio.Task[None] | None") -> None:
        if sending is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(sending, CLOSE_TIMEOUT_S)
        self.waiting.clear()
        with suppress(OSError, RuntimeError, TimeoutError):
            await asyncio.wait_for(self.send(last), CLOSE_TIMEOUT_S)


class AsgiClientWriter:
    """Write the frames of a WebSocket with ASGI's `send`."""

    def __init__(self, send: Send) -> None:
        self.queue = AsgiQueue(send)
        self.closed = self.closed_by_server = False

    def write(self, frame: Frame) -> None:
        if self.closed:
            return
        if not self.queue.put({"type": "websocket.send", "text": frame.text}, len(frame.encoded)):
            tallies.add(tallies.SLOW_CLIENTS)
            self.close(Close.GOING_AWAY)

    def close(self, code: int) -> None:
        """Close the socket once the queued frames are sent."""
        if not self.closed:
            self.closed = self.closed_by_server = True
            self.queue.close({"type": "websocket.close", "code": code})
