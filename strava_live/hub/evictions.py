"""Decide which connections to close because their client may no longer read.

The hub learns of a withdrawn permission in two ways: from the announcement of an eviction, and from the database, where
the hub rechecks permissions regularly.
"""

import time
from collections.abc import Collection, Iterable
from typing import NamedTuple

from strava_live.hub.authorizer import Permissions
from strava_live.hub.connections import Connection
from strava_live.protocol import Close


class Eviction(NamedTuple):
    """An announced order to close the connections of one session, API token, person, member or screen."""

    received_at: float
    target: str
    """The name of the session, API token, person, member or screen (see broadcast)."""
    code: int
    """The code to close the sockets with."""
    number: int | None
    """Which of the club's evictions this is, for a removed member or a revoked screen. None for a session, an
    API token or a person."""

    def is_later_than_access(self, connection: Connection) -> bool:
        """Return False if the connection was authorized after the eviction: its member has joined again, for example.

        Return True if the order is not known, because the eviction has no number.
        """
        access = connection.feed_access
        return self.number is None or access is None or access.eviction_number < self.number

    def applies_to_new(self, connection: Connection, requested_at: float) -> bool:
        """Return whether to close a connection that was requested at `requested_at` and is authorized now.

        The permission of the connection may have been read before the eviction. If the eviction has a number, the
        numbers show which came first. If not, the times do.
        """
        is_later = self.number is not None or self.received_at >= requested_at
        return is_later and self.is_later_than_access(connection) and self.target in connection.eviction_targets


def permissions_used_by(connections: Collection[Connection]) -> Permissions:
    """Return all permissions on which these connections depend."""
    accesses = [connection.feed_access for connection in connections if connection.feed_access]
    return Permissions(
        session_keys=frozenset(connection.session_key for connection in connections if connection.session_key),
        memberships=frozenset((access.user_id, access.club_id) for access in accesses if access.user_id is not None),
        screen_ids=frozenset(access.screen_id for access in accesses if access.screen_id is not None),
        token_ids=token_ids_of(connections),
    )


def token_ids_of(connections: Iterable[Connection]) -> frozenset[int]:
    return frozenset(connection.token_id for connection in connections if connection.token_id is not None)


def eviction_code(connection: Connection, valid: Permissions) -> int | None:
    """Return the code to close a connection with, given the permissions that are still valid; None to keep it open.

    A connection with all permissions is closed before it is a day old, so that its client reconnects: channel layers
    forget subscriptions after a day.
    """
    if connection.session_key and connection.session_key not in valid.session_keys:
        return Close.NOT_SIGNED_IN
    if connection.token_id is not None and connection.token_id not in valid.token_ids:
        return Close.NOT_SIGNED_IN
    if (access := connection.feed_access) is not None:
        is_member = access.user_id is None or (access.user_id, access.club_id) in valid.memberships
        is_screen = access.screen_id is None or access.screen_id in valid.screen_ids
        if not (is_member and is_screen):
            return Close.NOT_ALLOWED
    return Close.GOING_AWAY if time.monotonic() > connection.reconnect_at else None
