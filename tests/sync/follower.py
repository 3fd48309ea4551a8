"""A client of /ws/sync/ like the browser's: it reconnects with its last mark, and collects rows."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.live.visitor import Visitor

Json = dict[str, Any]
ENDED = {"finished", "failed", "cancelled"}


class Follower:
    def __init__(self, visitor: Visitor, *urls: str) -> None:
        """Connect to the urls in turn, as a router does when a process is gone."""
        self.visitor = visitor
        self.urls = list(urls)
        self.items: dict[int, Json] = {}
        self.run: Json | None = None
        self.mark: int | None = None
        self.connects = 0
        self.types: list[str] = []
        self.changed = asyncio.Condition()
        self.start_wanted = False

    def start(self) -> "asyncio.Task[None]":
        return asyncio.create_task(self.listen())

    async def listen(self) -> None:
        while not self.over:
            url = self.urls[self.connects % len(self.urls)]
            self.connects += 1
            path = "/ws/sync/" if self.mark is None else f"/ws/sync/?after={self.mark}"
            with suppress(WebSocketException, InvalidHandshake, OSError):
                async with self.visitor.socket(path, url=url) as talk:
                    while not self.over:
                        await self.take(await talk.next())
                        if self.start_wanted:
                            self.start_wanted = False
                            await talk.say("sync.start")
            await asyncio.sleep(0.1)

    async def take(self, message: Json) -> None:
        self.types.append(message["type"])
        for item in message.get("items", [message["item"]] if "item" in message else []):
            self.items[item["strava_id"]] = item
        self.run = message.get("run") or self.run
        self.mark = message.get("mark", self.mark)
        async with self.changed:
            self.changed.notify_all()

    @property
    def over(self) -> bool:
        return self.run is not None and self.run["state"] in ENDED and not self.start_wanted

    async def until(self, rows: int) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: len(self.items) >= rows)


def shown(follower: Follower) -> str:
    """Return the state of a follower for the message of a failing test."""
    return json.dumps({"run": follower.run, "rows": len(follower.items), "connects": follower.connects})
