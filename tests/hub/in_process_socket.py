"""Sockets without a server: call the site's ASGI application in this process, as an ASGI server would.

The scope offers no client writer, so the site sends through the plain ASGI `send`.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from site_config.asgi import application
from tests.live.feed_client import Feed
from tests.patience import PATIENCE_S
from tests.wire_shapes import read_frame

Json = dict[str, Any]


async def eventually(condition: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 there is no event to wait for
            await asyncio.sleep(0.005)


class InProcessSocket:
    """One socket, seen from its client."""

    def __init__(self, path: str, session: str = "", token: str = "") -> None:
        self.path, _, self.query = path.partition("?")
        self.session, self.token = session, token
        self.to_site: asyncio.Queue[Json] = asyncio.Queue()
        self.frames: list[str] = []
        self.code: int | None = None
        self.reading = asyncio.Event()
        """Set while the client reads. A test clears it to make the client stop reading."""
        self.reading.set()
        self.task: asyncio.Task[None] | None = None

    def connect(self) -> "InProcessSocket":
        cookie = [(b"cookie", f"sessionid={self.session}".encode())] if self.session else []
        bearer = [(b"authorization", f"Bearer {self.token}".encode())] if self.token else []
        scope = {
            "type": "websocket",
            "path": self.path,
            "query_string": self.query.encode(),
            "headers": [(b"host", b"testserver"), (b"origin", b"http://testserver"), *cookie, *bearer],
        }
        self.to_site.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(application(scope, self.to_site.get, self.on_event))
        return self

    async def on_event(self, event: Json) -> None:
        """The ASGI `send` of the application."""
        await self.reading.wait()
        if event["type"] == "websocket.send":
            self.frames.append(event["text"])
        elif event["type"] == "websocket.close":
            self.code = event["code"]
            self.disconnect()

    def send(self, text: str) -> None:
        self.to_site.put_nowait({"type": "websocket.receive", "text": text})

    def disconnect(self) -> None:
        self.to_site.put_nowait({"type": "websocket.disconnect", "code": self.code or 1006})

    async def close_code(self) -> int | None:
        """Wait until the application has finished. Return the server's close code."""
        assert self.task is not None
        await asyncio.wait_for(self.task, PATIENCE_S)
        return self.code

    def types(self) -> list[str]:
        """Return the types of all messages received so far."""
        return [message["type"] for message in self.messages()]

    def messages(self) -> list[Json]:
        return [message for frame in self.frames for message in read_frame(frame, self.path)]

    async def frame(self, index: int) -> Json:
        """Wait for the frame with this index, which must hold one message, and return that message."""
        await eventually(lambda: len(self.frames) > index)
        (message,) = read_frame(self.frames[index], self.path)
        return message


class ReconnectingReader:
    """A client that keeps a feed over several sockets, and reconnects with the last number that it has."""

    def __init__(self, path: str, session: str = "") -> None:
        self.path, self.session = path, session
        self.feed = Feed()
        self.socket: InProcessSocket | None = None
        self.after: int | None = None
        self.frames_read = 0

    def connect(self) -> None:
        self.after, self.frames_read = self.feed.seq, 0
        query = "" if self.after is None else f"?after={self.after}"
        self.socket = InProcessSocket(self.path + query, self.session).connect()

    def disconnect(self) -> None:
        """Read what has arrived, then disconnect. Later frames are lost."""
        if self.socket:
            self.read()
            self.socket.disconnect()
            self.socket = None

    def read(self) -> None:
        """Apply all frames that have arrived. Reconnect after a reset."""
        while self.socket and self.frames_read < len(self.socket.frames):
            for message in read_frame(self.socket.frames[self.frames_read], self.socket.path):
                if self.frames_read == 0:
                    self.feed.begin(message, after=self.after)
                else:
                    self.feed.apply(message)
            self.frames_read += 1
            if self.feed.seq is None:  # feed.reset
                self.socket.disconnect()
                self.connect()

    async def read_until(self, seq: int) -> None:
        """Connect if necessary, and read until the change with the number `seq` has arrived."""
        async with asyncio.timeout(PATIENCE_S):
            while self.socket is None or self.feed.seq != seq:
                if self.socket is None:
                    self.connect()
                await asyncio.sleep(0.005)
                self.read()
