"""Activities for the tables of cases, at an event of the bundled list."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from simulators.strava.routes import encode, moved
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.bundled import bundled_events
from strava_live.parkrun.event import Event

NORTH = 0.0
HIDDEN = "00:00:01"


@dataclass(frozen=True)
class Recorded:
    """An activity with the fields that the rules use."""

    strava_id: int
    name: str
    sport_type: str
    start: datetime
    start_local: datetime
    zone: str
    utc_offset_s: int
    hidden_start: bool
    distance_m: float
    moving_s: int
    elapsed_s: int
    manual: bool
    trainer: bool
    flagged: bool
    start_latlng: tuple[float, float] | None
    polyline: str


@cache
def atlas() -> Atlas:
    return Atlas(bundled_events())


def event(slug: str) -> Event:
    found = atlas().by_slug(slug)
    assert found is not None, slug
    return found


def recorded(slug: str, at: str, *, metres: float = 140, rounded: bool = False, **changes: Any) -> Recorded:
    """Return a 5 km run that starts `metres` north of the event, at a local time with its offset or at UTC with Z."""
    began = datetime.fromisoformat(at)
    offset = began.utcoffset()
    assert offset is not None, "an instant has an offset"
    where = event(slug)
    latitude, longitude = moved((where.latitude, where.longitude), metres=metres, bearing=NORTH)
    digits = 2 if rounded else 6
    usual = Recorded(
        strava_id=1,
        name="Morning Run",
        sport_type="Run",
        start=began.astimezone(UTC),
        start_local=began.replace(tzinfo=None),
        zone="",
        utc_offset_s=int(offset.total_seconds()),
        hidden_start=False,
        distance_m=5020.0,
        moving_s=1465,
        elapsed_s=1471,
        manual=False,
        trainer=False,
        flagged=False,
        start_latlng=(round(latitude, digits), round(longitude, digits)),
        polyline="",
    )
    return replace(usual, **changes)


def hidden(activity: Recorded) -> Recorded:
    """Hide the start as Strava does: local time becomes one second after midnight."""
    midnight = datetime.fromisoformat(f"{activity.start_local:%Y-%m-%d}T{HIDDEN}")
    shift = activity.start_local - midnight
    return replace(activity, hidden_start=True, start_local=midnight, start=activity.start - shift)


def without_map(activity: Recorded) -> Recorded:
    return replace(activity, start_latlng=None, polyline="")


def drawn(activity: Recorded, *, latlng: tuple[float, float] | None) -> Recorded:
    """Add a route that begins at the start, and replace the start's own coordinates."""
    assert activity.start_latlng is not None
    latitude, longitude = activity.start_latlng
    return replace(
        activity,
        polyline=encode([(latitude, longitude), (latitude + 0.01, longitude + 0.01)]),
        start_latlng=latlng,
    )
