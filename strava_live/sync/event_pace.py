"""Pace the looks at Strava for one athlete's events, so that a burst of events costs few calls.

The first looks are made at once, so that an edit reaches the clubs within two seconds. In a burst, the events gather
until the next look is allowed, and one list of activities answers many of them. The pace counts looks, not the calls of
a look: each deleted activity costs one call in any case.

The pace is kept in memory. One process at a time executes an athlete's run, and a process that has just taken over may
make a few looks more.
"""

import time
from dataclasses import dataclass

LOOKS_AT_ONCE = 4
"""The most looks for one athlete that are made without waiting LOOK_EVERY_S."""
LOOK_EVERY_S = 4.0
"""Once LOOKS_AT_ONCE looks are used up, one more is allowed every four seconds."""
APART_S = 1.0
"""The least time between two looks for one athlete."""
MOST_REMEMBERED = 10_000
"""The most athletes whose pace is remembered. If there are more, those with all their looks left are forgotten."""


@dataclass(slots=True)
class Pace:
    """The pace of the looks for one athlete, as times of the monotonic clock."""

    full_at: float
    """When LOOKS_AT_ONCE looks are allowed again."""
    looked_at: float
    """When the last look was made."""


paces: dict[int, Pace] = {}
"""The pace of each athlete's looks, by the athlete's id."""


def pause_before_look(athlete_id: int, *, is_urgent: bool = False) -> float:
    """Return the seconds until Strava may be asked about this athlete's events; 0 if it may be asked now.

    An urgent look only keeps APART_S.
    """
    pace, now = paces.get(athlete_id), time.monotonic()
    if pace is None:
        return 0.0
    allowed_at = 0.0 if is_urgent else pace.full_at - (LOOKS_AT_ONCE - 1) * LOOK_EVERY_S
    return max(0.0, allowed_at - now, pace.looked_at + APART_S - now)


def note_look(athlete_id: int) -> None:
    """Note that Strava has just been asked about this athlete's events."""
    now = time.monotonic()
    before = paces.get(athlete_id)
    full_at = max(before.full_at, now) if before else now
    paces[athlete_id] = Pace(full_at + LOOK_EVERY_S, now)
    if len(paces) > MOST_REMEMBERED:
        for known in [known for known, pace in paces.items() if pace.full_at <= now]:
            del paces[known]
