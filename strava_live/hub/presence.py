"""How many members and how many screens watch a club, over all processes.

Each process says on the club's group whom it has, when that changes and every now and then, and that it has nobody when
it is stopped. What a process said holds for a while only, so one that was killed is forgotten by itself.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings

from strava_live.broadcast import club_group, send

HOLDS = 3
"""Times the pause between two sayings."""
COUNTING_PAUSE_S = 0.00005
"""For each socket that there is: a thousand who come at once are not counted a thousand times."""


class Watchers(NamedTuple):
    """Members by who they are: one may watch from two processes, and is one. Screens are only counted."""

    members: frozenset[int]
    screens: int


NOBODY = Watchers(frozenset(), 0)


class Elsewhere(NamedTuple):
    watchers: Watchers
    until: float


class Presence:
    """One club's, as this process knows it."""

    def __init__(self, club_id: int, process: str) -> None:
        self.club_id = club_id
        self.process = process
        self.elsewhere: dict[str, Elsewhere] = {}
        self.said = NOBODY
        self.said_at = 0.0
        self.told: dict[str, int] | None = None
        """What all sockets have been told; None if some may have been told otherwise."""
        self.counted = counts(NOBODY, [])
        self.counted_at = 0.0

    def hear(self, event: dict[str, Any]) -> None:
        """From another process, or from this one."""
        if event["process"] == self.process:
            return
        watchers = Watchers(frozenset(event["members"]), event["screens"])
        until = time.monotonic() + HOLDS * settings.HUB_PRESENCE_S
        self.elsewhere[event["process"]] = Elsewhere(watchers, until)

    def asked(self) -> None:
        """Somebody is new here and knows of nobody: say it again."""
        self.said_at = 0.0

    def for_somebody_new(self, here: Callable[[], Watchers], *, sockets: int) -> dict[str, int]:
        """Whom the others have been told otherwise, or there was no time to count, all are told when there is."""
        is_late = time.monotonic() - self.counted_at > sockets * COUNTING_PAUSE_S
        if not is_late or self.count(here()) != self.told:
            self.told = None
        return self.counted

    def count(self, here: Watchers) -> dict[str, int]:
        now = time.monotonic()
        self.elsewhere = {process: one for process, one in self.elsewhere.items() if one.until > now}
        self.counted, self.counted_at = counts(here, [one.watchers for one in self.elsewhere.values()]), now
        return self.counted

    def news(self, here: Watchers) -> dict[str, int] | None:
        """The numbers, if they are others than the sockets have been told."""
        found = self.count(here)
        if found == self.told:
            return None
        self.told = found
        return found

    async def say(self, here: Watchers) -> None:
        now = time.monotonic()
        if here == self.said and (now - self.said_at < settings.HUB_PRESENCE_S or here == NOBODY):
            return
        self.said, self.said_at = here, now
        whom = {"process": self.process, "members": list(here.members), "screens": here.screens}
        await send(club_group(self.club_id), {"type": "club.watchers", "club": self.club_id, **whom})

    async def ask(self) -> None:
        """What do the others have? They say it with their next pulse."""
        await send(club_group(self.club_id), {"type": "club.report_watchers", "club": self.club_id})


def counts(here: Watchers, elsewhere: list[Watchers]) -> dict[str, int]:
    everybody = [here, *elsewhere]
    members = frozenset[int]().union(*(watchers.members for watchers in everybody))
    return {"members": len(members), "screens": sum(watchers.screens for watchers in everybody)}
