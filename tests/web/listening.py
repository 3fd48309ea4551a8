"""What is told to the sockets of an athlete, for tests of pages that announce what they have done."""

import asyncio
import json
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from strava_live.broadcast import Marks, athlete_group

Json = dict[str, Any]


class Listener:
    def __init__(self, athlete_id: int) -> None:
        self.layer: Any = get_channel_layer()
        self.channel: str = async_to_sync(self.join)(athlete_group(athlete_id))

    async def join(self, group: str) -> str:
        channel: str = await self.layer.new_channel()
        await self.layer.group_add(group, channel)
        return channel

    def frame(self, within_s: float = 2) -> tuple[list[Json], Marks]:
        """The messages of the next frame, and which marks it covers. Raises TimeoutError when there is none."""
        event = async_to_sync(self.next)(within_s)
        told = json.loads(event["frame"])
        return told if isinstance(told, list) else [told], Marks(event["before"], event["mark"])

    async def next(self, within_s: float) -> Json:
        event: Json = await asyncio.wait_for(self.layer.receive(self.channel), within_s)
        return event
