"""Taking over into a row what Strava says of an activity."""

from typing import Any

from strava_live.activities.models import Activity
from strava_live.strava.payloads import StravaActivity

TAKEN_OVER = (
    "name",
    "sport_type",
    "start",
    "wall_clock",
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
    "start_lat",
    "start_lng",
    "polyline",
    "device_name",
    "athlete_count",
    "workout_type",
)


def fields_of(seen: StravaActivity) -> dict[str, Any]:
    latitude, longitude = seen.start_latlng or (None, None)
    return {
        "name": seen.name,
        "sport_type": seen.sport_type,
        "start": seen.start,
        "wall_clock": seen.start_local.isoformat(timespec="seconds"),
        "utc_offset_s": seen.utc_offset_s,
        "zone": seen.zone,
        "hidden_start": seen.hidden_start,
        "distance_m": seen.distance_m,
        "moving_s": seen.moving_s,
        "elapsed_s": seen.elapsed_s,
        "manual": seen.manual,
        "trainer": seen.trainer,
        "flagged": seen.flagged,
        "visibility": seen.visibility,
        "start_lat": latitude,
        "start_lng": longitude,
        "polyline": seen.polyline,
        "device_name": seen.device_name,
        "athlete_count": seen.athlete_count,
        "workout_type": seen.workout_type,
    }


def take_over(row: Activity, seen: StravaActivity) -> bool:
    """Whether anything was different."""
    changed = False
    for name, value in fields_of(seen).items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed
