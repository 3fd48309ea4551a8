"""Register the connections of this process, to find those of a session, API token, person, member or screen.

A permission can be withdrawn while a connection is being authorized with it. So the registry also remembers evictions
for a minute, and checks new connections against them.
"""

import asyncio
import time
from collections import deque

from strava_live.hub.connections import Connection
from strava_live.hub.event_streams import StreamWriter
from strava_live.hub.evictions import Eviction

EVICTION_REMEMBERED_S = 60.0
"""Seconds for which an eviction is checked against new connections."""
COMMENTS_AT_ONCE = 100
"""How many streams get a comment before other work gets its turn."""


class ConnectionRegistry:
    """All open connections of this process, by eviction target, and the evictions of the last minute."""

    def __init__(self) -> None:
        self.connections: set[Connection] = set()
        self.connections_by_target: dict[str, list[Connection]] = {}
        self.recent_evictions: deque[Eviction] = deque()
        """Oldest first."""

    def add(self, connection: Connection) -> None:
        self.connections.add(connection)
        for target in connection.eviction_targets:
            self.connections_by_target.setdefault(target, []).append(connection)

    def remove(self, connection: Connection) -> bool:
        """Remove a connection. Return False if it is not in the registry."""
        if connection not in self.connections:
            return False
        self.connections.discard(connection)
        for target in connection.eviction_targets:
            self.connections_by_target[target].remove(connection)
            if not self.connections_by_target[target]:
                del self.connections_by_target[target]
        return True

    def with_target(self, target: str) -> tuple[Connection, ...]:
        """Return the connections of one eviction target, such as a session or a wall screen, given its name."""
        return tuple(self.connections_by_target.get(target, ()))

    def remember(self, eviction: Eviction) -> None:
        """Remember an eviction, and forget those that are older than EVICTION_REMEMBERED_S."""
        self.recent_evictions.append(eviction)
        while self.recent_evictions[0].received_at < time.monotonic() - EVICTION_REMEMBERED_S:
            self.recent_evictions.popleft()

    def eviction_of_new(self, connection: Connection, requested_at: float) -> Eviction | None:
        """Return a recent eviction that applies to a newly authorized connection; None if there is none."""
        found = (eviction for eviction in self.recent_evictions if eviction.applies_to_new(connection, requested_at))
        return next(found, None)

    async def write_comments(self) -> None:
        """Write a comment to every event stream."""
        writers = [one.writer for one in self.connections if isinstance(one.writer, StreamWriter)]
        for number, writer in enumerate(writers, start=1):
            writer.write_comment()
            if number % COMMENTS_AT_ONCE == 0:
                await asyncio.sleep(0)
