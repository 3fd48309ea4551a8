"""What is announced to the sockets of one athlete, in the order in which it comes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from channels.layers import get_channel_layer

from strava_live.broadcast import athlete_group

ENDS = {"sync.finished", "sync.cancelled", "sync.failed"}


class Announced:
    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def types(self) -> list[str]:
        return [message["type"] for message in self.messages]

    def ends(self) -> list[tuple[int, str]]:
        """Each run that was said to have ended, and how."""
        return [(one["run"]["id"], one["type"]) for one in self.messages if one["type"] in ENDS]


@asynccontextmanager
async def listening_to(athlete_id: int) -> AsyncIterator[Announced]:
    layer = get_channel_layer()
    assert layer is not None
    channel = await layer.new_channel()
    await layer.group_add(athlete_group(athlete_id), channel)
    announced = Announced()

    async def listen() -> None:
        while True:
            told = json.loads((await layer.receive(channel))["frame"])
            announced.messages += told if isinstance(told, list) else [told]

    task = asyncio.create_task(listen())
    try:
        yield announced
        await asyncio.sleep(0.05)  # what was announced last is on its way
    finally:
        task.cancel()
        await layer.group_discard(athlete_group(athlete_id), channel)
