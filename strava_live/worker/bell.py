"""Listen to the bell: an announcement that there is work to do (`broadcast.announce_work`).

An announcement may be lost, so processes also look for work regularly. When a lost connection to Redis is restored,
`Bell` rings too, because announcements may have been lost meanwhile.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from django.conf import settings

from strava_live.broadcast import WORK
from strava_live.group_subscriptions import GroupSubscriptions


class Bell:
    """Calls `on_ring` at each announcement of work, and after a restored connection to Redis."""

    def __init__(self, on_ring: Callable[[], None]) -> None:
        self.on_ring = on_ring
        self.subscriptions = GroupSubscriptions(self.handle_event)

    async def listen(self) -> None:
        """Listen until cancelled."""
        await self.subscriptions.subscribe(WORK)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.subscriptions.receive_events())
            tasks.create_task(self.subscribe_again())

    async def subscribe_again(self) -> None:
        while True:
            await asyncio.sleep(settings.WORK_INTERVAL_S)
            await self.subscriptions.retry_failed()

    def handle_event(self, event: dict[str, Any]) -> None:
        if event["type"] in {"work", "reconnected"}:
            self.on_ring()
