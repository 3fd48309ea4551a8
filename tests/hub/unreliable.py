"""A channel layer that behaves as Redis does on a bad day: it loses announcements, doubles them, lets one overtake."""

import asyncio
from collections import deque
from typing import Any

from channels.layers import InMemoryChannelLayer


class UnreliableLayer(InMemoryChannelLayer):
    """As it is told to, for the announcements that come next."""

    def __init__(self, **config: Any) -> None:
        super().__init__(**config)
        self.moods: deque[str] = deque()
        self.held: list[tuple[str, Any]] = []
        self.is_away = False

    async def new_channel(self, prefix: str = "specific.") -> str:
        self.answer()
        return await super().new_channel(prefix)

    async def group_add(self, group: str, channel: str) -> None:
        self.answer()
        await super().group_add(group, channel)

    def answer(self) -> None:
        if self.is_away:
            raise ConnectionError("nobody there")

    async def group_send(self, group: str, message: Any) -> None:
        await asyncio.sleep(0.001)  # as over a network
        self.answer()
        mood = self.moods.popleft() if self.moods and message["type"] == "club.news" else ""
        if mood == "hold":
            self.held.append((group, message))
            return
        if mood != "lose":
            await super().group_send(group, message)
        if mood == "double":
            await super().group_send(group, message)
        held, self.held = self.held, []
        for late in held:
            await super().group_send(*late)
