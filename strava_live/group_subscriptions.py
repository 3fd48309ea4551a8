"""Subscribe this process to groups of the channel layer, all through one channel, and receive their events.

A web process has one `GroupSubscriptions` for its hub. A process that takes up work has one for the bell
(`worker/bell.py`). A subscription fails while the channel layer cannot be reached. So the hub and the bell call
`retry_failed` every few seconds, and their processes also read the database regularly.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from channels.layers import get_channel_layer

from strava_live.short_iterations import paced

logger = logging.getLogger(__name__)
RECEIVE_RETRY_S = 0.5
"""Pause in seconds after the channel layer could not be read."""
SUBSCRIBE_TIMEOUT_S = 2.0
"""The most seconds that `subscribe` waits. Until the subscription succeeds, changes are read from the database."""
STOP_TIMEOUT_S = 2.0
"""The most seconds that `resubscribe` waits for the end of receiving from the old channel."""


class GroupSubscriptions:
    """Subscriptions to groups through one channel. `on_event` is called with each event of any of these groups."""

    def __init__(self, on_event: Callable[[dict[str, Any]], None]) -> None:
        self.on_event = on_event
        self.layer: Any = get_channel_layer()
        self.channel = ""
        """The name of this process's channel; "" until the first subscription."""
        self.channel_lock = asyncio.Lock()
        self.groups: dict[str, asyncio.Task[None]] = {}
        """The task that subscribes to each group. Ended tasks stay, so that `retry_failed` sees which have failed."""
        self.waiters: dict[str, list[asyncio.Future[None]]] = {}
        """For each group, one future for each coroutine that waits in `subscribe`."""
        self.waking: set[asyncio.Task[None]] = set()
        """The running tasks of `wake_waiters`, one for each group that has waiters."""
        self.receiving: asyncio.Task[None] | None = None
        """The task of `receive_from_channel`, while `receive_events` runs."""

    async def subscribe(self, group: str) -> None:
        """Subscribe to a group. Return once the subscription has succeeded, failed or taken SUBSCRIBE_TIMEOUT_S."""
        if group not in self.groups:
            self.groups[group] = asyncio.create_task(self.add_to_group(group))
        if self.groups[group].done():
            return
        if group not in self.waiters:
            self.waiters[group] = []
            self.waking.add(waking := asyncio.create_task(self.wake_waiters(group, self.groups[group])))
            waking.add_done_callback(self.waking.discard)
        subscribed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiters[group].append(subscribed)
        await subscribed

    async def wake_waiters(self, group: str, subscribing: asyncio.Task[None]) -> None:
        """Wake the coroutines that wait in `subscribe`, a few in each iteration of the event loop."""
        await asyncio.wait([subscribing], timeout=SUBSCRIBE_TIMEOUT_S)
        async for subscribed in paced(self.waiters.pop(group)):
            if not subscribed.done():
                subscribed.set_result(None)

    async def unsubscribe(self, group: str) -> None:
        if self.groups.pop(group, None) and self.channel:
            with suppress(Exception):
                await self.layer.group_discard(group, self.channel)

    def failed_groups(self) -> list[str]:
        return [group for group, task in self.groups.copy().items() if task.done() and task.exception()]

    async def retry_failed(self) -> None:
        """Subscribe again to the groups whose subscription has failed."""
        retries = {group: asyncio.create_task(self.add_to_group(group)) for group in self.failed_groups()}
        self.groups |= retries
        await asyncio.gather(*retries.values(), return_exceptions=True)

    async def resubscribe(self) -> None:
        """Replace the channel, which has stopped receiving, by a new one. Subscribe the new channel to all groups."""
        old, self.channel = self.channel, ""
        if self.receiving is not None:
            self.receiving.cancel()
            await asyncio.wait([self.receiving], timeout=STOP_TIMEOUT_S)
        for group in list(self.groups):
            with suppress(Exception):
                await self.layer.group_discard(group, old)
        subscribing = {group: asyncio.create_task(self.add_to_group(group)) for group in self.groups}
        self.groups |= subscribing
        await asyncio.gather(*subscribing.values(), return_exceptions=True)

    async def add_to_group(self, group: str) -> None:
        await self.layer.group_add(group, await self.own_channel())

    async def own_channel(self) -> str:
        """Return the name of this process's channel. Create the channel first if there is none."""
        async with self.channel_lock:
            if not self.channel:
                self.channel = await self.layer.new_channel()
        return self.channel

    async def receive_events(self) -> None:
        """Call `on_event` with every event of the channel, until cancelled. `resubscribe` exchanges the channel."""
        while True:
            self.receiving = asyncio.create_task(self.receive_from_channel())
            try:
                await asyncio.wait([self.receiving])
            finally:
                self.receiving.cancel()

    async def receive_from_channel(self) -> None:
        while True:
            try:
                event = await self.layer.receive(await self.own_channel())
            except Exception as error:
                logger.warning("the channel layer does not answer", extra={"reason": repr(error)})
                await asyncio.sleep(RECEIVE_RETRY_S)
                continue
            try:
                self.on_event(event)
            except Exception:
                logger.exception("an event of the channel layer could not be handled")
