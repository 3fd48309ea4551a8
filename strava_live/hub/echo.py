"""Whether this process hears the announcements of Redis: it pings itself where evictions are announced.

An eviction that was announced while a ping was lost, or is overdue, may have been lost too. Each such moment is a
doubt, and after each the hub rechecks the permissions of all its connections.
"""

import time
from typing import Any

from django.conf import settings

from strava_live.broadcast import ping_hubs


class Echo:
    def __init__(self, process: str) -> None:
        self.process = process
        self.sent = self.heard = 0
        self.waiting_since: float | None = None
        """When the first ping that has not come back was sent."""
        self.count = 0

    async def ping(self) -> None:
        self.sent += 1
        if self.waiting_since is None:
            self.waiting_since = time.monotonic()
        await ping_hubs(self.process, self.sent)

    def hear(self, event: dict[str, Any]) -> None:
        if event["process"] != self.process:
            return
        if event["number"] != self.heard + 1 or self.is_deaf:
            self.doubt()
        self.heard = event["number"]
        if self.heard == self.sent:
            self.waiting_since = None

    @property
    def is_deaf(self) -> bool:
        return self.waiting_since is not None and time.monotonic() - self.waiting_since > settings.HUB_ECHO_WITHIN_S

    def doubt(self) -> None:
        self.count += 1

    def doubts(self) -> int:
        """How many there were so far; one more with each call while this process is deaf."""
        if self.is_deaf:
            self.doubt()
        return self.count
