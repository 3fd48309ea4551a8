"""Count the members and the wall screens that have a club's feed open ("watchers"), over all processes.

Each process reports its own watchers to the others through the club's group, when they change and every few seconds.
When it stops, it reports that it has none. A report expires, so the watchers of a killed process disappear, too.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings

from strava_live.broadcast import club_group, send
from strava_live.feed.wording import watching_text
from strava_live.protocol import WatchingShape

REPORT_VALID_PERIODS = 3
"""A report stays valid for three times settings.HUB_PRESENCE_S, the longest pause between two reports of watchers."""
COUNTING_PAUSE_S = 0.00005
"""The least pause between two counts for new connections, in seconds for each socket: a thousand sockets make it 50 ms.
A count looks at every socket, so counting for each of a thousand new sockets would take too long."""


class Watchers(NamedTuple):
    """Members as user ids, because one member may watch through two processes; screens as a number."""

    members: frozenset[int]
    screens: int


NO_WATCHERS = Watchers(frozenset(), 0)


class WatchersReport(NamedTuple):
    """The watchers of another process, until the report expires."""

    watchers: Watchers
    expires_at: float


class Presence:
    """The watchers of one club, as this process knows them."""

    def __init__(self, club_id: int, process_id: str) -> None:
        self.club_id = club_id
        self.process_id = process_id
        self.reports: dict[str, WatchersReport] = {}
        """The last report of each other process, by process id."""
        self.reported = NO_WATCHERS
        """The watchers in the last report of this process."""
        self.reported_at = 0.0
        self.sent_counts: WatchingShape | None = None
        """The counts that all sockets here have received; None if sockets may have received different ones."""
        self.last_counts = counts(NO_WATCHERS, [])
        self.counted_at = 0.0

    def receive(self, event: dict[str, Any]) -> None:
        """Store the report of another process."""
        if event["process"] == self.process_id:
            return
        watchers = Watchers(frozenset(event["members"]), event["screens"])
        expires_at = time.monotonic() + REPORT_VALID_PERIODS * settings.HUB_PRESENCE_S
        self.reports[event["process"]] = WatchersReport(watchers, expires_at)

    def report_again(self) -> None:
        """Make the next `report` send even unchanged watchers: another process asks for them or may lack them."""
        self.reported_at = 0.0

    def counts_for_new_connection(self, watchers_here: Callable[[], Watchers], *, sockets: int) -> WatchingShape:
        """Return the counts for the `hello` of a new connection. Count again, unless the last count is very recent.

        If other connections may have received other counts, make the next `changed_counts` return counts to send to
        all connections.
        """
        is_due = time.monotonic() - self.counted_at > sockets * COUNTING_PAUSE_S
        if not is_due or self.count(watchers_here()) != self.sent_counts:
            self.sent_counts = None
        return self.last_counts

    def count(self, here: Watchers) -> WatchingShape:
        """Count the watchers in this process together with those in the unexpired reports of the others."""
        now = time.monotonic()
        self.reports = {process: report for process, report in self.reports.items() if report.expires_at > now}
        self.last_counts = counts(here, [report.watchers for report in self.reports.values()])
        self.counted_at = now
        return self.last_counts

    def changed_counts(self, here: Watchers) -> WatchingShape | None:
        """Count, and return the counts if they must be sent to all connections; None if all have received them."""
        found = self.count(here)
        if found == self.sent_counts:
            return None
        self.sent_counts = found
        return found

    async def report(self, here: Watchers) -> None:
        """Report the watchers of this process to the others.

        Do nothing if the watchers are those of the last report, and the report is recent or there are no watchers.
        """
        now = time.monotonic()
        is_recent = now - self.reported_at < settings.HUB_PRESENCE_S
        if here == self.reported and (is_recent or here == NO_WATCHERS):
            return
        self.reported, self.reported_at = here, now
        watchers = {"process": self.process_id, "members": list(here.members), "screens": here.screens}
        await send(club_group(self.club_id), {"type": "club.watchers", "club": self.club_id, **watchers})

    async def request_reports(self) -> None:
        """Ask all processes to report their watchers within two seconds (settings.HUB_PULSE_S)."""
        await send(club_group(self.club_id), {"type": "club.report_watchers", "club": self.club_id})


def counts(here: Watchers, elsewhere: list[Watchers]) -> WatchingShape:
    """Return the number of members, each counted once, and of screens."""
    everywhere = [here, *elsewhere]
    members = frozenset[int]().union(*(watchers.members for watchers in everywhere))
    screens = sum(watchers.screens for watchers in everywhere)
    return {"members": len(members), "screens": screens, "says": watching_text(len(members), screens)}
