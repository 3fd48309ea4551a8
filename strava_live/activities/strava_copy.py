"""Copy the fields of an activity at Strava into its row."""

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
COPIED = (*COPIED_AS_THEY_ARE, "wall_clock", "start_lat", "start_lng")


def row_fields(seen: StravaActivity) -> dict[str, Any]:
    latitude, longitude = seen.start_latlng or (None, None)
    return {name: getattr(seen, name) for name in COPIED_AS_THEY_ARE} | {
        "wall_clock": seen.start_local.isoformat(timespec="seconds"),
        "start_lat": latitude,
        "start_lng": longitude,
    }


def copy_fields(row: Activity, seen: StravaActivity) -> bool:
    """Return whether any field of the row has changed."""
    changed = False
    for name, value in row_fields(seen).items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed
