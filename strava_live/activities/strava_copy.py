"""Copy what Strava returns about an activity into its row of `Activity`."""

from typing import Any

from strava_live.activities.models import Activity
from strava_live.strava.payloads import StravaActivity

COPIED_AS_THEY_ARE = (
    "name",
    "sport_type",
    "start",
    "utc_offset_s",
    "zone",
    "hidden_start",
    "distance_m",
    "moving_s",
    "elapsed_s",
    "manual",
    "trainer",
    "flagged",
    "visibility",
    "polyline",
    "device_name",
    "athlete_count",
    "workout_type",
)
"""The fields of `StravaActivity` that are copied to the field of the same name."""
COPIED = (*COPIED_AS_THEY_ARE, "wall_clock", "start_lat", "start_lng")
"""All fields of `Activity` that `copy_fields` sets."""


def row_fields(seen: StravaActivity) -> dict[str, Any]:
    """Return the values of the COPIED fields."""
    latitude, longitude = seen.start_latlng or (None, None)
    return {name: getattr(seen, name) for name in COPIED_AS_THEY_ARE} | {
        "wall_clock": seen.start_local.isoformat(timespec="seconds"),
        "start_lat": latitude,
        "start_lng": longitude,
    }


def copy_fields(row: Activity, seen: StravaActivity) -> bool:
    """Copy the fields into the row, without storing it. Return whether any of them has changed."""
    changed = False
    for name, value in row_fields(seen).items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed
