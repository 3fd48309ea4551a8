"""What the rules ask of an activity, whether Strava has just sent it or it has long been stored."""

from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple, Protocol

from strava_live.parkrun.geometry import Point, first_point, on_earth, rounded
from strava_live.time_zones import known_zone


class ActivityFacts(Protocol):
    """The fields that decide. `start` is aware; `start_local` is naive and believed only when the start is hidden."""

    @property
    def strava_id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def sport_type(self) -> str: ...
    @property
    def start(self) -> datetime: ...
    @property
    def start_local(self) -> datetime: ...
    @property
    def zone(self) -> str: ...
    @property
    def utc_offset_s(self) -> int: ...
    @property
    def hidden_start(self) -> bool: ...
    @property
    def distance_m(self) -> float: ...
    @property
    def moving_s(self) -> int: ...
    @property
    def elapsed_s(self) -> int: ...
    @property
    def manual(self) -> bool: ...
    @property
    def trainer(self) -> bool: ...
    @property
    def flagged(self) -> bool: ...
    @property
    def start_latlng(self) -> Point | None: ...
    @property
    def polyline(self) -> str: ...


class Begun(NamedTuple):
    """Where an activity began, as far as it is told. `exact` is false when all there is are rounded coordinates."""

    points: tuple[Point, ...]
    exact: bool


def where_begun(activity: ActivityFacts) -> Begun | None:
    """None when no place is told. A route's first point is exact even where the start beside it is rounded."""
    told = activity.start_latlng
    if told is not None and not on_earth(told):
        told = None
    drawn = first_point(activity.polyline) if activity.polyline else None
    if drawn is not None:
        return Begun((drawn,) if told is None or rounded(told) else (told, drawn), exact=True)
    return Begun((told,), exact=not rounded(told)) if told is not None else None


def own_zone(activity: ActivityFacts) -> tzinfo:
    """The zone that the activity names, or the offset it had where the name is missing or unknown."""
    return known_zone(activity.zone) or timezone(timedelta(seconds=activity.utc_offset_s))


def local_day(activity: ActivityFacts, zone: tzinfo) -> date:
    """The day it was run on. A hidden start tells one second after midnight, and only on the local clock."""
    return activity.start_local.date() if activity.hidden_start else activity.start.astimezone(zone).date()
