"""Find out whether this process receives events of the channel layer, by sending pings to itself through the layer.

The pings travel in the same group as evictions. They show two kinds of trouble:

- A ping is lost or late: an eviction may have been lost as well. The monitor counts these possible losses. When the
  count rises, the hub rechecks the permissions of all its connections.
- Several pings in a row are sent and none comes back: the hub is deaf. The layer works, but this process's
  subscriptions are gone. The hub subscribes again, and `/readyz` answers 503 until a ping comes back.
"""

import logging
import time
from typing import Any

from django.conf import settings

from strava_live import tallies
from strava_live.broadcast import ping_hubs

logger = logging.getLogger(__name__)
DEAF_AFTER_PINGS = 3
"""The number of missing pings in a row that make the hub count as deaf. One or two do not: a process that was suspended
for a while has not yet read its last ping, which then seems to be missing for long."""


class LayerMonitor:
    def __init__(self, process_id: str) -> None:
        self.process_id = process_id
        self.sent = self.received = 0
        """Numbers of the last ping sent and of the last one received."""
        self.sent_at = 0.0
        """When the last ping was sent."""
        self.waiting_since: float | None = None
        """Since when pings have been on their way; None if the last one sent has come back."""
        self.missing: list[float] = []
        """The times at which pings were sent that have not come back. The list is emptied when any ping comes back, and
        when the hub subscribes again. It is also emptied when the channel layer does not accept a ping: then the layer
        is broken, not this process."""
        self.is_deaf = False
        """True from the time when the hub is found to be deaf until a ping comes back."""
        self.round_trip_s: float | None = None
        """How long the last round trip took; None before the first one."""
        self.possible_losses = 0

    async def ping(self) -> None:
        """Send the next ping."""
        self.sent += 1
        number, self.sent_at = self.sent, time.monotonic()
        if self.waiting_since is None:
            self.waiting_since = self.sent_at
        if not await ping_hubs(self.process_id, number):
            self.missing.clear()
        elif self.received < number:
            self.missing.append(self.sent_at)

    def receive(self, event: dict[str, Any]) -> bool:
        """Receive a ping. Ignore those of other processes. Return True if the hub was deaf until now."""
        if event["process"] != self.process_id:
            return False
        if event["number"] != self.received + 1 or self.is_overdue:
            self.note_possible_loss()
        self.received = event["number"]
        if self.received == self.sent:
            self.round_trip_s, self.waiting_since = time.monotonic() - self.sent_at, None
        self.missing.clear()
        was_deaf, self.is_deaf = self.is_deaf, False
        return was_deaf

    @property
    def is_overdue(self) -> bool:
        """True if pings have been on their way for longer than settings.HUB_ECHO_WITHIN_S."""
        return self.waiting_since is not None and time.monotonic() - self.waiting_since > settings.HUB_ECHO_WITHIN_S

    def note_possible_loss(self) -> None:
        self.possible_losses += 1

    def check(self) -> int:
        """Return the number of possible losses, after adding one if a ping is overdue."""
        if self.is_overdue:
            self.note_possible_loss()
        return self.possible_losses

    def must_resubscribe(self) -> bool:
        """Return True, and note that the hub is deaf, if several pings in a row are missing for long enough.

        Missing pings are then counted from zero. So while the hub stays deaf, it subscribes again from time to time.
        """
        if len(self.missing) < DEAF_AFTER_PINGS or time.monotonic() - self.missing[0] < settings.HUB_DEAF_AFTER_S:
            return False
        logger.error("nothing arrives from the channel layer: subscribing again")
        tallies.add(tallies.RESUBSCRIPTIONS)
        self.is_deaf = True
        self.missing.clear()
        return True
