"""Find out whether this process may have missed an eviction, by sending pings to itself through the channel layer.

The pings travel in the same group as evictions. If a ping is lost or late, an eviction may have been lost as well. The
monitor counts these possible losses. When the count rises, the hub rechecks the permissions of all its connections.
"""

import time
from typing import Any

from django.conf import settings

from strava_live.broadcast import ping_hubs


class LayerMonitor:
    def __init__(self, process_id: str) -> None:
        self.process_id = process_id
        self.sent = self.received = 0
        """Numbers of the last ping sent and of the last one received."""
        self.waiting_since: float | None = None
        """When the oldest ping that has not come back was sent; None if all have come back."""
        self.possible_losses = 0

    async def ping(self) -> None:
        """Send the next ping."""
        self.sent += 1
        if self.waiting_since is None:
            self.waiting_since = time.monotonic()
        await ping_hubs(self.process_id, self.sent)

    def receive(self, event: dict[str, Any]) -> None:
        """Receive a ping. Ignore those of other processes."""
        if event["process"] != self.process_id:
            return
        if event["number"] != self.received + 1 or self.is_overdue:
            self.note_possible_loss()
        self.received = event["number"]
        if self.received == self.sent:
            self.waiting_since = None

    @property
    def is_overdue(self) -> bool:
        """True if a ping has been on its way for longer than settings.HUB_ECHO_WITHIN_S."""
        return self.waiting_since is not None and time.monotonic() - self.waiting_since > settings.HUB_ECHO_WITHIN_S

    def note_possible_loss(self) -> None:
        self.possible_losses += 1

    def check(self) -> int:
        """Return the number of possible losses, after adding one if a ping is overdue."""
        if self.is_overdue:
            self.note_possible_loss()
        return self.possible_losses
