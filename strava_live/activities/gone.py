"""Clear the row of an activity that Strava no longer has, or no longer shows to us.

The row stays for two reasons. First, the row gets a new mark, as with every change. From the row, a page or program
that reconnects learns that the activity is gone. Second, the athlete's decision about the activity still holds if
Strava returns the activity again. With the scope `activity:read`, an activity looks deleted once it is made private,
and looks new once it is made public again.

A row without a decision is deleted after some days, like any activity that is found and not saved.
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
"""The fields that are cleared. The start is kept, because the decision about a removed parkrun also affects the other
recordings of that day."""
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
