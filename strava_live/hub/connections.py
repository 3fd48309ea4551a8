"""A socket as the hub knows it: the line to it, and what it rests on."""

import time
from random import uniform

from django.conf import settings

from strava_live.broadcast import member_target, person_target, screen_target, session_target
from strava_live.hub.authorizer import Admitted
from strava_live.hub.client_writers import ClientWriter
from strava_live.hub.frames import Frame


class Connection:
    """Small: a process has thousands."""

    __slots__ = ("admitted", "redial_at", "session_key", "user_id", "writer")

    def __init__(
        self,
        writer: ClientWriter,
        *,
        user_id: int | None = None,
        session_key: str = "",
        admitted: Admitted | None = None,
    ) -> None:
        self.writer = writer
        self.user_id = user_id
        """None for a screen, no matter who is signed in in that browser."""
        self.session_key = session_key
        self.admitted = admitted
        """To a club's feed; None for the other sockets."""
        self.redial_at = time.monotonic() + uniform(*settings.SOCKET_REDIAL_S)  # noqa: S311 so that not all do at once

    @property
    def names(self) -> list[str]:
        """The names under which an eviction addresses this connection (broadcast.EVICTIONS)."""
        names = []
        if self.user_id is not None:
            names += [session_target(self.session_key), person_target(self.user_id)]
        if self.admitted and self.user_id is not None:
            names.append(member_target(self.admitted.club_id, self.user_id))
        elif self.admitted and self.admitted.screen_id is not None:
            names.append(screen_target(self.admitted.screen_id))
        return names

    def tell(self, text: str) -> None:
        self.writer.write(Frame(text))
