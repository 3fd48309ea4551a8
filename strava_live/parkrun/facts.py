"""What the rules that recognise parkruns (rules.py) read of an activity: its fields, start place and local date."""

from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple, Protocol

from strava_live.parkrun.geometry import Point, first_point, is_rounded, on_earth
from strava_live.time_zones import known_zone


class ActivityFacts(Protocol):
    """The fields that the rules read. Strava's answers (`StravaActivity`) and stored rows (`Activity`) have them.

    `start_local` has no time zone. The rules use it only if Strava hides the start time (`hidden_start`).
    """

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


class StartPlace(NamedTuple):
    """The points at which an activity may have started. `exact` is False if Strava has rounded the coordinates."""

    points: tuple[Point, ...]
    exact: bool


def start_place(activity: ActivityFacts) -> StartPlace | None:
    """Return where the activity started, or None if Strava gave no place.

    The first point of the route is exact even if Strava has rounded `start_latlng`.
    """
    given = activity.start_latlng
    if given is not None and not on_earth(given):
        given = None
    drawn = first_point(activity.polyline) if activity.polyline else None
    if drawn is not None:
        return StartPlace((drawn,) if given is None or is_rounded(given) else (given, drawn), exact=True)
    return StartPlace((given,), exact=not is_rounded(given)) if given is not None else None


def own_zone(activity: ActivityFacts) -> tzinfo:
    """Return the time zone that the activity names, or its UTC offset if the name is missing or unknown."""
    return known_zone(activity.zone) or timezone(timedelta(seconds=activity.utc_offset_s))


def local_day(activity: ActivityFacts, zone: tzinfo) -> date:
    """Return the date of the activity in this zone. If the start time is hidden, Strava gives only the local date."""
    return activity.start_local.date() if activity.hidden_start else activity.start.astimezone(zone).date()
