"""A channel layer that loses, duplicates and delays announcements, or cannot be reached, as may happen with Redis."""

import asyncio
from collections import deque
from typing import Any

from channels.layers import InMemoryChannelLayer


class UnreliableLayer(InMemoryChannelLayer):
    def __init__(self, **config: Any) -> None:
        super().__init__(**config)
        self.faults: deque[str] = deque()
        """What to do with each of the next announcements of changes: "lose", "duplicate" or "delay"; "" for nothing."""
        self.delayed: list[tuple[str, Any]] = []
        self.is_away = False
        """Whether every call fails, as if Redis could not be reached."""

    async def new_channel(self, prefix: str = "specific.") -> str:
        self.raise_if_away()
        return await super().new_channel(prefix)

    async def group_add(self, group: str, channel: str) -> None:
        self.raise_if_away()
        await super().group_add(group, channel)

    def raise_if_away(self) -> None:
        if self.is_away:
            raise ConnectionError("the layer is away")

    async def group_send(self, group: str, message: Any) -> None:
        await asyncio.sleep(0.001)  # as over a network
        self.raise_if_away()
        fault = self.faults.popleft() if self.faults and message["type"] == "club.changes" else ""
        if fault == "delay":
            self.delayed.append((group, message))
            return
        if fault != "lose":
            await super().group_send(group, message)
        if fault == "duplicate":
            await super().group_send(group, message)
        delayed, self.delayed = self.delayed, []
        for late in delayed:
            await super().group_send(*late)
