"""Clear the row of an activity that Strava no longer has, or no longer shows to us.

The row stays for two reasons. A page or program that was away learns from its mark that the activity is gone. And what
the athlete has decided about the activity holds if Strava returns it again: with the scope `activity:read`, one that is
made private looks deleted, and one that is made public again looks new. A row without such a decision is deleted after
some days like any activity that is found and not saved.
"""

from typing import Any

from strava_live.activities.models import GONE, Activity

CLEARED: dict[str, Any] = {
    "name": "",
    "sport_type": "",
    "distance_m": 0.0,
    "moving_s": 0,
    "elapsed_s": 0,
    "manual": False,
    "trainer": False,
    "flagged": False,
    "polyline": "",
    "device_name": "",
    "athlete_count": 1,
    "workout_type": None,
    "start_lat": None,
    "start_lng": None,
    "visibility": GONE,
}
"""The fields that are cleared. The start stays: a decision about a removed parkrun concerns the other recordings of its
day."""
UNDECIDED: dict[str, Any] = {
    "state": Activity.State.FOUND,
    "removed": False,
    "parkrun": Activity.Verdict.NO,
    "event_slug": "",
    "event_name": "",
    "reasons": [],
}
"""The fields that are cleared too if the athlete has not decided about the activity."""


def clear_gone(row: Activity) -> None:
    """Clear the row without storing it. Keep the athlete's decision, if there is one."""
    for name, value in (CLEARED if row.settled else CLEARED | UNDECIDED).items():
        setattr(row, name, value)
