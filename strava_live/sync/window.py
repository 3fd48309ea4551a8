"""The window of a sync run: the days that it reads, and their bounds as instants in the athlete's time zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from strava_live.protocol import BadDates
from strava_live.time_zones import start_of_day

EARLIEST = date(2000, 1, 1)
"""The first day that an athlete may choose."""


@dataclass(frozen=True)
class Window:
    """The days from `since` to `until`, both included, and the same bounds as the instants `after` and `before`.

    Without `since` the window begins with the first activity, without `until` it ends now.
    """

    since: date | None = None
    until: date | None = None
    after: datetime | None = None
    before: datetime | None = None


def window_of(since: date | None, until: date | None, *, zone: ZoneInfo, now: datetime) -> Window:
    """Return the window of these days. Raise BadDates if they cannot be imported."""
    today = now.astimezone(zone).date()
    if since and until and since > until:
        raise BadDates("The first day is after the last.")
    if (since and since > today) or (until and until > today):
        raise BadDates("That date is in the future.")
    if (since and since < EARLIEST) or (until and until < EARLIEST):
        raise BadDates(f"We cannot import from before {EARLIEST:%Y}.")
    return Window(
        since=since,
        until=until,
        after=start_of_day(since, zone) if since else None,
        before=start_of_day(until + timedelta(days=1), zone) if until else None,
    )
