"""Count what happens in this process since its start. `/metrics` shows these counts."""

from collections import Counter
from threading import Lock

LOST_ANNOUNCEMENTS = "lost_announcements"
"""Announcements that the channel layer did not accept."""
SLOW_CLIENTS = "slow_clients"
"""Sockets and event streams closed because their client was too far behind."""
BACKFILLS = "backfills"
"""Times that a room read changes from the database because their announcements were missing."""
RESUBSCRIPTIONS = "resubscriptions"
"""Times that the hub subscribed again because nothing arrived from the channel layer."""

counts: Counter[str] = Counter()
lock = Lock()


def add(what: str) -> None:
    """Count one more of `what`. Any thread may call this."""
    with lock:
        counts[what] += 1
