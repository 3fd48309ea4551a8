"""Sockets without a server: the site's ASGI application in this process, spoken to as any ASGI server would.

No server's own line is on offer here, so what the site sends goes through the `send` that every server has.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from site_config.asgi import application
from tests.live.feed_client import Feed
from tests.patience import PATIENCE_S

Json = dict[str, Any]


async def eventually(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110 nobody tells
            await asyncio.sleep(0.005)


class Call:
    """One socket of a client."""

    def __init__(self, path: str, session: str = "") -> None:
        self.path, _, self.query = path.partition("?")
        self.session = session
        self.to_site: asyncio.Queue[Json] = asyncio.Queue()
        self.frames: list[str] = []
        self.code: int | None = None
        self.reads = asyncio.Event()
        """Cleared for a client that has stopped reading."""
        self.reads.set()
        self.task: asyncio.Task[None] | None = None

    def dial(self) -> "Call":
        cookie = [(b"cookie", f"sessionid={self.session}".encode())] if self.session else []
        scope = {
            "type": "websocket",
            "path": self.path,
            "query_string": self.query.encode(),
            "headers": [(b"host", b"testserver"), (b"origin", b"http://testserver"), *cookie],
        }
        self.to_site.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(application(scope, self.to_site.get, self.take))
        return self

    async def take(self, message: Json) -> None:
        await self.reads.wait()
        if message["type"] == "websocket.send":
            self.frames.append(message["text"])
        elif message["type"] == "websocket.close":
            self.code = message["code"]
            self.hang_up()

    def say(self, text: str) -> None:
        self.to_site.put_nowait({"type": "websocket.receive", "text": text})

    def hang_up(self) -> None:
        self.to_site.put_nowait({"type": "websocket.disconnect", "code": self.code or 1006})

    async def ended(self) -> int | None:
        assert self.task is not None
        await asyncio.wait_for(self.task, PATIENCE_S)
        return self.code

    def kinds(self) -> list[str]:
        """Of all messages so far."""
        frames = [json.loads(frame) for frame in self.frames]
        return [message["type"] for frame in frames for message in (frame if isinstance(frame, list) else [frame])]

    async def next(self, frames_before: int) -> Json:
        """The only message of the frame that comes after so many."""
        await eventually(lambda: len(self.frames) > frames_before)
        told: Json = json.loads(self.frames[frames_before])
        return told


class Phone:
    """A client that knows its feed, hangs up and redials."""

    def __init__(self, path: str, session: str = "") -> None:
        self.path, self.session = path, session
        self.feed = Feed()
        self.call: Call | None = None
        self.after: int | None = None
        self.read = 0

    def dial(self) -> None:
        self.after, self.read = self.feed.seq, 0
        query = "" if self.after is None else f"?after={self.after}"
        self.call = Call(self.path + query, self.session).dial()

    def hang_up(self) -> None:
        """What has not been read by then is lost."""
        if self.call:
            self.listen()
            self.call.hang_up()
            self.call = None

    def listen(self) -> None:
        """Whatever has come."""
        while self.call and self.read < len(self.call.frames):
            told = json.loads(self.call.frames[self.read])
            for message in told if isinstance(told, list) else [told]:
                if self.read == 0:
                    self.feed.begin(message, after=self.after)
                else:
                    self.feed.apply(message)
            self.read += 1
            if self.feed.seq is None:  # told to start anew
                self.call.hang_up()
                self.dial()

    async def stand_at(self, seq: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.call is None or self.feed.seq != seq:
                if self.call is None:
                    self.dial()
                await asyncio.sleep(0.005)
                self.listen()
