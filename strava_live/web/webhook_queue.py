"""Store received events in groups, each in one transaction, and let the work on them begin after the commit.

Events that arrive while a group is being stored make up the next group. At most fifty groups begin
in a second (INTERVAL_S), however many events arrive.
"""

import asyncio
import logging

from django.conf import settings

from strava_live.batcher import Batcher
from strava_live.database import for_webhook
from strava_live.sync.event_runs import handle_events
from strava_live.webhook.inbox import Receipt, SignedEvent, store_events

logger = logging.getLogger(__name__)
WAITING_MOST = 2000
"""The most events that wait to be stored. Beyond it an event is refused at once, and Strava sends it again."""
INTERVAL_S = 0.02
"""Seconds between the starts of two transactions. Each costs 2 ms of processor time, however few events it stores."""


class QueueFull(Exception):
    """Too many events wait to be stored."""


class EventQueue:
    """The events of one event loop that wait to be stored."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.groups: Batcher[SignedEvent, Receipt] = Batcher(
            self.store_group, on_database=for_webhook, interval_s=INTERVAL_S
        )
        self.to_handle: set[int] = set()
        """The athletes with new events, for which `handle_events` has not been called yet."""
        self.handling: asyncio.Task[None] | None = None

    @property
    def is_of_this_loop(self) -> bool:
        return self.loop is asyncio.get_running_loop()

    async def store(self, event: SignedEvent) -> Receipt:
        """Store the event and return its receipt after the commit. Raise QueueFull, TimeoutError or a database error.

        After a TimeoutError the event may be stored nevertheless. A copy that Strava sends then is ignored.
        """
        if len(self.groups.waiting) >= WAITING_MOST:
            raise QueueFull
        async with asyncio.timeout(settings.WEBHOOK_ANSWER_WITHIN_S):
            return await self.groups.ask(event)

    def store_group(self, events: list[SignedEvent]) -> list[Receipt]:
        """Store a group, in a database thread."""
        receipts = store_events(events)
        if athletes := {receipt.athlete_id for receipt in receipts if receipt.athlete_id is not None}:
            self.loop.call_soon_threadsafe(self.begin_handling, athletes)
        return receipts

    def begin_handling(self, athletes: set[int]) -> None:
        self.to_handle |= athletes
        if self.handling is None:
            self.handling = asyncio.create_task(self.handle())

    async def handle(self) -> None:
        """Pass athletes to `handle_events`, in one call at a time. If it fails, a worker finds their events later."""
        try:
            while self.to_handle:
                athletes, self.to_handle = self.to_handle, set()
                try:
                    await handle_events(athletes)
                except Exception:
                    logger.exception("events are stored, but the work on them did not begin")
        finally:
            self.handling = None
