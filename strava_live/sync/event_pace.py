"""Pace the calls to Strava about one athlete's events, so that a burst of events costs few calls.

The first calls about an athlete are made at once, so that an edit reaches the clubs within two seconds. In a burst, the
events gather until the next call is allowed, and one list of activities answers many of them.

The pace is kept in memory. One process at a time executes an athlete's run, and a process that has just taken over may
make a few calls more.
"""

import time
from dataclasses import dataclass

CALLS_AT_ONCE = 4
"""The calls that an athlete's events may cost within a few seconds."""
CALL_EVERY_S = 4.0
"""The time after which one more call is allowed."""
APART_S = 1.0
"""The least time between two looks at Strava for one athlete."""
MOST_REMEMBERED = 10_000
"""The number of athletes above which those with all their calls are forgotten."""


@dataclass(slots=True)
class Pace:
    """When Strava was asked about an athlete's events, by the monotonic clock."""

    full_at: float
    """When CALLS_AT_ONCE calls are allowed again."""
    looked_at: float


paces: dict[int, Pace] = {}
"""By athlete."""


def pause_before_look(athlete_id: int) -> float:
    """Return the seconds until Strava may be asked about this athlete's events; 0 if it may be asked now."""
    pace, now = paces.get(athlete_id), time.monotonic()
    if pace is None:
        return 0.0
    allowed_at = pace.full_at - (CALLS_AT_ONCE - 1) * CALL_EVERY_S
    return max(0.0, allowed_at - now, pace.looked_at + APART_S - now)


def note_look(athlete_id: int, calls: int) -> None:
    """Note that Strava has just been asked about this athlete's events, in this number of calls."""
    now = time.monotonic()
    before = paces.get(athlete_id)
    full_at = max(before.full_at, now) if before else now
    paces[athlete_id] = Pace(full_at + calls * CALL_EVERY_S, now)
    if len(paces) > MOST_REMEMBERED:
        for known in [known for known, pace in paces.items() if pace.full_at <= now]:
            del paces[known]
