"""Decide which connections must be closed: by an announced eviction, or by a recheck of their permissions."""

import time
from collections.abc import Collection
from typing import NamedTuple

from strava_live.hub.authorizer import Permissions
from strava_live.hub.connections import Connection
from strava_live.protocol import Close


class Eviction(NamedTuple):
    """An announced eviction."""

    at: float
    target: str
    code: int
    number: int | None
    """The club's eviction number, for a removed member or a revoked screen. None for a session or a person."""

    def concerns(self, connection: Connection) -> bool:
        """Return whether a connection with this target was authorized before the eviction."""
        access = connection.feed_access
        return self.number is None or access is None or access.eviction_number < self.number

    def overtook(self, connection: Connection, requested_at: float) -> bool:
        """Return whether the eviction is of a new connection, and came after that was requested or authorized."""
        came_later = self.concerns(connection) and (self.number is not None or self.at >= requested_at)
        return came_later and self.target in connection.eviction_targets


def permissions_used_by(connections: Collection[Connection]) -> Permissions:
    accesses = [connection.feed_access for connection in connections if connection.feed_access]
    return Permissions(
        session_keys=frozenset(connection.session_key for connection in connections if connection.session_key),
        memberships=frozenset((access.user_id, access.club_id) for access in accesses if access.user_id is not None),
        screen_ids=frozenset(access.screen_id for access in accesses if access.screen_id is not None),
    )


def eviction_code(connection: Connection, valid: Permissions) -> int | None:
    """Return the code to close a connection with, or None if it may stay.

    A connection must reconnect before it is a day old, because the channel layer forgets group members after a day.
    """
    if connection.session_key and connection.session_key not in valid.session_keys:
        return Close.NOT_SIGNED_IN
    if (access := connection.feed_access) is not None:
        is_member = access.user_id is None or (access.user_id, access.club_id) in valid.memberships
        is_screen = access.screen_id is None or access.screen_id in valid.screen_ids
        if not (is_member and is_screen):
            return Close.NOT_ALLOWED
    return Close.GOING_AWAY if time.monotonic() > connection.reconnect_at else None
