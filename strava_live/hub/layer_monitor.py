"""Find out whether this process may have missed an eviction, by pinging itself through the channel layer.

The pings travel through the group of evictions. If one is lost or late, an eviction may have been lost as well. The
monitor counts these occasions, and after each the hub rechecks the permissions of all its connections.
"""

import time
from typing import Any

from django.conf import settings

from strava_live.broadcast import ping_hubs


class LayerMonitor:
    def __init__(self, process: str) -> None:
        self.process = process
        self.sent = self.received = 0
        """Numbers of the last ping sent and of the last one received."""
        self.waiting_since: float | None = None
        """When the oldest ping that has not come back was sent."""
        self.possible_losses = 0

    async def ping(self) -> None:
        self.sent += 1
        if self.waiting_since is None:
            self.waiting_since = time.monotonic()
        await ping_hubs(self.process, self.sent)

    def receive(self, event: dict[str, Any]) -> None:
        """Handle a ping of any process. Only the pings of this process count."""
        if event["process"] != self.process:
            return
        if event["number"] != self.received + 1 or self.is_overdue:
            self.note_possible_loss()
        self.received = event["number"]
        if self.received == self.sent:
            self.waiting_since = None

    @property
    def is_overdue(self) -> bool:
        return self.waiting_since is not None and time.monotonic() - self.waiting_since > settings.HUB_ECHO_WITHIN_S

    def note_possible_loss(self) -> None:
        self.possible_losses += 1

    def check(self) -> int:
        """Return the number of possible losses so far. Each call while a ping is overdue adds one."""
        if self.is_overdue:
            self.note_possible_loss()
        return self.possible_losses
