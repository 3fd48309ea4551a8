"""Count the members and the screens that watch a club, over all processes.

Each process reports its own watchers to the club's group: when they change, periodically, and once more with none when
it stops. A report expires, so the watchers of a killed process disappear by themselves.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings

from strava_live.broadcast import club_group, send
from strava_live.feed.wording import watching_text
from strava_live.protocol import WatchingShape

REPORT_VALID_PERIODS = 3
"""A report expires after this many times settings.HUB_PRESENCE_S."""
COUNTING_PAUSE_S = 0.00005
"""Pause between two counts, for each socket in the room: a thousand new sockets do not cause a thousand counts."""


class Watchers(NamedTuple):
    """Members as user ids, since one member may watch from two processes. Screens are only counted."""

    members: frozenset[int]
    screens: int


NO_WATCHERS = Watchers(frozenset(), 0)


class Report(NamedTuple):
    """The watchers of another process, until the report expires."""

    watchers: Watchers
    expires_at: float


class Presence:
    """The watchers of one club, as this process knows them."""

    def __init__(self, club_id: int, process: str) -> None:
        self.club_id = club_id
        self.process = process
        self.reports: dict[str, Report] = {}
        """The last report of each other process."""
        self.reported = NO_WATCHERS
        self.reported_at = 0.0
        self.sent_counts: WatchingShape | None = None
        """The counts that all sockets have received; None if some may have received others."""
        self.last_counts = counts(NO_WATCHERS, [])
        self.counted_at = 0.0

    def receive(self, event: dict[str, Any]) -> None:
        """Store the report of another process."""
        if event["process"] == self.process:
            return
        watchers = Watchers(frozenset(event["members"]), event["screens"])
        expires_at = time.monotonic() + REPORT_VALID_PERIODS * settings.HUB_PRESENCE_S
        self.reports[event["process"]] = Report(watchers, expires_at)

    def report_again(self) -> None:
        """Make the next `report` send even if nothing has changed: a process without reports has asked for them."""
        self.reported_at = 0.0

    def counts_for_new_connection(self, here: Callable[[], Watchers], *, sockets: int) -> WatchingShape:
        """Return the counts for the `hello` of a new connection.

        If they are not recounted now, or differ from what the others received, the next `changed_counts` returns the
        counts for all connections.
        """
        is_due = time.monotonic() - self.counted_at > sockets * COUNTING_PAUSE_S
        if not is_due or self.count(here()) != self.sent_counts:
            self.sent_counts = None
        return self.last_counts

    def count(self, here: Watchers) -> WatchingShape:
        """Count the watchers in this process together with those of unexpired reports."""
        now = time.monotonic()
        self.reports = {process: report for process, report in self.reports.items() if report.expires_at > now}
        self.last_counts = counts(here, [report.watchers for report in self.reports.values()])
        self.counted_at = now
        return self.last_counts

    def changed_counts(self, here: Watchers) -> WatchingShape | None:
        """Return the counts to send to all connections; None if they have them already."""
        found = self.count(here)
        if found == self.sent_counts:
            return None
        self.sent_counts = found
        return found

    async def report(self, here: Watchers) -> None:
        """Report the watchers of this process, unless the last report is recent and still true."""
        now = time.monotonic()
        is_recent = now - self.reported_at < settings.HUB_PRESENCE_S
        if here == self.reported and (is_recent or here == NO_WATCHERS):
            return
        self.reported, self.reported_at = here, now
        watchers = {"process": self.process, "members": list(here.members), "screens": here.screens}
        await send(club_group(self.club_id), {"type": "club.watchers", "club": self.club_id, **watchers})

    async def request_reports(self) -> None:
        """Ask all processes to report with their next pulse."""
        await send(club_group(self.club_id), {"type": "club.report_watchers", "club": self.club_id})


def counts(here: Watchers, elsewhere: list[Watchers]) -> WatchingShape:
    everywhere = [here, *elsewhere]
    members = frozenset[int]().union(*(watchers.members for watchers in everywhere))
    screens = sum(watchers.screens for watchers in everywhere)
    return {"members": len(members), "screens": screens, "says": watching_text(len(members), screens)}
