"""Pace the calls to Strava about one athlete's events, so that a burst of events costs few calls.

The first calls about an athlete are made at once, so that an edit reaches the clubs within two seconds. In a burst, the
events gather until the next call is allowed, and one list of activities answers many of them.

The pace is kept in memory. One process at a time executes an athlete's run, and a process that has just taken over may
make a few calls more.
"""

import time

CALLS_AT_ONCE = 4
CALL_EVERY_S = 2.5
MOST_REMEMBERED = 10_000
"""The number of athletes above which those with all their calls are forgotten."""

free_at: dict[int, float] = {}
"""By athlete: when all CALLS_AT_ONCE calls are allowed again, by the monotonic clock."""


def pause_before_call(athlete_id: int) -> float:
    """Return the seconds until the next call about this athlete is allowed; 0 if it is allowed now."""
    full_s = free_at.get(athlete_id, 0.0) - time.monotonic()
    return max(0.0, full_s - (CALLS_AT_ONCE - 1) * CALL_EVERY_S)


def note_calls(athlete_id: int, calls: int) -> None:
    now = time.monotonic()
    free_at[athlete_id] = max(free_at.get(athlete_id, 0.0), now) + calls * CALL_EVERY_S
    if len(free_at) > MOST_REMEMBERED:
        for known in [known for known, at in free_at.items() if at <= now]:
            del free_at[known]
