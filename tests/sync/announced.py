"""Collect what is announced to the sockets of one athlete, in order."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.test import TestCase

from strava_live.broadcast import athlete_group

Json = dict[str, Any]
ENDS = {"sync.finished", "sync.cancelled", "sync.failed"}


class Announced:
    def __init__(self) -> None:
        self.messages: list[Json] = []
        self.marks: list[tuple[int, int]] = []
        """Which marks each frame covers, as (before, now)."""

    def add(self, event: Json) -> None:
        frame = json.loads(event["frame"])
        self.messages += frame if isinstance(frame, list) else [frame]
        if "mark" in event:
            self.marks.append((event["before"], event["mark"]))

    def types(self) -> list[str]:
        return [message["type"] for message in self.messages]

    def ends(self) -> list[tuple[int, str]]:
        """Return each run whose end was announced, and how it ended."""
        return [(one["run"]["id"], one["type"]) for one in self.messages if one["type"] in ENDS]

    def found(self) -> list[Json]:
        """Return the items of all `activities.found`."""
        return [item for message in self.messages if message["type"] == "activities.found" for item in message["items"]]


@asynccontextmanager
async def listening_to(athlete_id: int) -> AsyncIterator[Announced]:
    layer = get_channel_layer()
    assert layer is not None
    channel = await layer.new_channel()
    await layer.group_add(athlete_group(athlete_id), channel)
    announced = Announced()

    async def listen() -> None:
        while True:
            announced.add(await layer.receive(channel))

    task = asyncio.create_task(listen())
    try:
        yield announced
        await asyncio.sleep(0.05)  # for the last announcement to arrive
    finally:
        task.cancel()
        await layer.group_discard(athlete_group(athlete_id), channel)


def announced_by(athlete_id: int, work: Callable[[], object]) -> Announced:
    """Run `work`, commit it, and return what is announced to the athlete's sockets after the commit."""
    layer: Any = get_channel_layer()
    group, announced = athlete_group(athlete_id), Announced()

    async def join() -> str:
        channel: str = await layer.new_channel()
        await layer.group_add(group, channel)
        return channel

    async def read_until_end(channel: str) -> None:
        await layer.send(channel, {"type": "end"})
        while (event := await layer.receive(channel))["type"] != "end":
            announced.add(event)
        await layer.group_discard(group, channel)

    channel = async_to_sync(join)()
    with TestCase.captureOnCommitCallbacks(execute=True):
        work()
    async_to_sync(read_until_end)(channel)
    return announced
