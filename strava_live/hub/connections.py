"""A socket or event stream as the hub sees it: the writer of its frames, and the permissions that opened it."""

import time
from random import uniform

from django.conf import settings

from strava_live.broadcast import member_target, person_target, screen_target, session_target, token_target
from strava_live.hub.authorizer import FeedAccess
from strava_live.hub.client_writers import ClientWriter
from strava_live.hub.frames import Frame


class Connection:
    """One open socket or event stream. Slots keep it small, because a process has thousands of connections."""

    __slots__ = ("feed_access", "reconnect_at", "session_key", "token_id", "user_id", "writer")

    def __init__(
        self,
        writer: ClientWriter,
        *,
        user_id: int | None = None,
        session_key: str = "",
        token_id: int | None = None,
        feed_access: FeedAccess | None = None,
    ) -> None:
        self.writer = writer
        self.user_id = user_id
        """The signed-in user; None for a wall screen, even if its browser is signed in."""
        self.session_key = session_key
        """The session that opened it; "" for a wall screen, or if an API token opened it."""
        self.token_id = token_id
        """The API token that opened it; None if there is none."""
        self.feed_access = feed_access
        """The club's feed that the socket shows; None for a socket outside the clubs, such as /ws/sync/."""
        self.reconnect_at = time.monotonic() + uniform(*settings.SOCKET_REDIAL_S)  # noqa: S311 spreads the load
        """After this time (of time.monotonic) the hub closes the socket, so that its client reconnects. The time is
        random, within a day of opening."""

    @property
    def eviction_targets(self) -> list[str]:
        """Names (broadcast.py) of the session, token, person, member or screen whose eviction closes the connection."""
        targets = []
        if self.user_id is not None:
            targets.append(person_target(self.user_id))
        if self.user_id is not None and self.session_key:
            targets.append(session_target(self.session_key))
        if self.token_id is not None:
            targets.append(token_target(self.token_id))
        if self.feed_access and self.user_id is not None:
            targets.append(member_target(self.feed_access.club_id, self.user_id))
        elif self.feed_access and self.feed_access.screen_id is not None:
            targets.append(screen_target(self.feed_access.screen_id))
        return targets

    def send(self, text: str) -> None:
        """Send a text frame to this client."""
        self.writer.write(Frame(text))
