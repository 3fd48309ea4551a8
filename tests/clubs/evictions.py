"""Record the evictions that are announced during a test."""

import asyncio
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from strava_live.broadcast import EVICTIONS


class Evictions:
    def __init__(self) -> None:
        self.layer: Any = get_channel_layer()
        self.channel: str = async_to_sync(self.open)()

    async def open(self) -> str:
        channel: str = await self.layer.new_channel()
        await self.layer.group_add(EVICTIONS, channel)
        return channel

    def sent(self) -> list[tuple[str, int]]:
        """Return target and close code of each eviction that was announced since the last call, in order."""
        return async_to_sync(self.receive_all)()

    async def receive_all(self) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        while True:
            try:
                event = await asyncio.wait_for(self.layer.receive(self.channel), 0.05)
            except TimeoutError:
                return found
            found.append((event["target"], event["code"]))
