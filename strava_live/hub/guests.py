"""A socket as the hub knows it: the line to it, and what it rests on."""

import time
from random import uniform

from django.conf import settings

from strava_live.broadcast import member_name, screen_name, session_group
from strava_live.hub.doorman import Admitted
from strava_live.hub.frames import Frame
from strava_live.hub.lines import Line


class Guest:
    """Small: a process has thousands."""

    __slots__ = ("admitted", "line", "redial_at", "session_key")

    def __init__(self, line: Line, *, session_key: str = "", admitted: Admitted | None = None) -> None:
        self.line = line
        self.session_key = session_key
        """"" for a screen."""
        self.admitted = admitted
        """To a club's feed; None for the other sockets."""
        self.redial_at = time.monotonic() + uniform(*settings.SOCKET_REDIAL_S)  # noqa: S311 so that not all do at once

    @property
    def names(self) -> list[str]:
        """Under which the doors know it (broadcast.DOORS)."""
        names = [session_group(self.session_key)] if self.session_key else []
        if self.admitted and self.admitted.user_id is not None:
            names.append(member_name(self.admitted.club_id, self.admitted.user_id))
        if self.admitted and self.admitted.screen_id is not None:
            names.append(screen_name(self.admitted.screen_id))
        return names

    @property
    def user_id(self) -> int | None:
        return self.admitted.user_id if self.admitted else None

    def tell(self, text: str) -> None:
        self.line.write(Frame(text))
