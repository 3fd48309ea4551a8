"""The one ear of this process: a single channel of the layer, in every group that somebody here wants to hear.

The layer may be away. Then what could not be joined is joined later (`mend`), and until then whoever listens lives on
what they look up in the tables.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from channels.layers import get_channel_layer

from strava_live.hub.short_iterations import paced

logger = logging.getLogger(__name__)
AGAIN_AFTER_S = 0.5
PATIENCE_S = 2.0


class GroupSubscriptions:
    def __init__(self, hear: Callable[[dict[str, Any]], None]) -> None:
        self.hear = hear
        self.layer: Any = get_channel_layer()
        self.channel = ""
        self.making = asyncio.Lock()
        self.groups: dict[str, asyncio.Task[None]] = {}
        """All that are wanted, each with how joining it goes."""
        self.waiting: dict[str, list[asyncio.Future[None]]] = {}
        """For a group that is being joined."""
        self.waking: set[asyncio.Task[None]] = set()

    async def join(self, group: str) -> None:
        """Returns when it is heard, or when that cannot be had soon."""
        if group not in self.groups:
            self.groups[group] = asyncio.create_task(self.add(group))
        if self.groups[group].done():
            return
        if group not in self.waiting:
            self.waiting[group] = []
            self.waking.add(waking := asyncio.create_task(self.wake(group, self.groups[group])))
            waking.add_done_callback(self.waking.discard)
        joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting[group].append(joined)
        await joined

    async def wake(self, group: str, joining: asyncio.Task[None]) -> None:
        """Those who wait for a group, when it is joined or has not been soon."""
        await asyncio.wait([joining], timeout=PATIENCE_S)
        async for joined in paced(self.waiting.pop(group)):
            if not joined.done():
                joined.set_result(None)

    async def leave(self, group: str) -> None:
        if self.groups.pop(group, None) and self.channel:
            with suppress(Exception):
                await self.layer.group_discard(group, self.channel)

    async def mend(self) -> None:
        failed = [group for group, joining in self.groups.items() if joining.done() and joining.exception()]
        again = {group: asyncio.create_task(self.add(group)) for group in failed}
        self.groups |= again
        await asyncio.gather(*again.values(), return_exceptions=True)

    async def add(self, group: str) -> None:
        await self.layer.group_add(group, await self.own_channel())

    async def own_channel(self) -> str:
        async with self.making:
            if not self.channel:
                self.channel = await self.layer.new_channel()
        return self.channel

    async def listen(self) -> None:
        """For ever."""
        while True:
            try:
                event = await self.layer.receive(await self.own_channel())
            except Exception as error:
                logger.warning("the channel layer does not answer", extra={"reason": repr(error)})
                await asyncio.sleep(AGAIN_AFTER_S)
                continue
            try:
                self.hear(event)
            except Exception:
                logger.exception("an announcement could not be passed on")
