"""Sockets of one person's data: changes that are announced while the database is read."""

import asyncio
from typing import Any, cast

from pytest_django import Settings

from strava_live.hub.client_writers import ClientWriter
from strava_live.hub.frames import Frame
from strava_live.live.messages import MessagesSocket


class Written:
    """Notes what is written to the client."""

    def __init__(self) -> None:
        self.got: list[str] = []

    def write(self, frame: Frame) -> None:
        self.got.append("announced")


class SlowToRead(MessagesSocket):
    """A socket of a person whose inbox has one change, whose reading takes a while."""

    def __init__(self) -> None:
        super().__init__({"type": "websocket", "headers": [], "query_string": b""}, cast("Any", None))
        self.written = Written()
        self.writer = cast("ClientWriter", self.written)
        self.reads = asyncio.Event()

    async def check_database(self) -> None:
        if self.mark == 0:
            await self.catch_up()

    async def catch_up(self) -> None:
        self.reads.set()
        await asyncio.sleep(0.05)
        self.mark = 1
        self.written.got.append("read")


async def test_change_that_is_announced_while_it_is_read_is_sent_once(settings: Settings) -> None:
    settings.SOCKET_LOOK_AGAIN_S = 0.01
    socket = SlowToRead()
    tasks = [asyncio.create_task(one) for one in (socket.check_database_regularly(), socket.send_announcements())]
    await socket.reads.wait()
    socket.on_announcement({"before": 0, "mark": 1, "position": 1, "frame": "[]"})
    await asyncio.sleep(0.2)
    for task in tasks:
        task.cancel()
    assert socket.written.got == ["read"]
