"""An activity, the label that says what it really was, and its JSON as Strava sends it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from simulators.strava.routes import Route, trimmed

ID_EPOCH = 1_262_304_000
"""The time from which ids are counted, 1 January 2010.

Ids grow with the time of upload, as Strava's do, and exceed 32 bits from the middle of 2014.
"""

TYPES = {"TrailRun": "Run", "GravelRide": "Ride", "MountainBikeRide": "Ride"}
"""Strava's older field `type`, by `sport_type`, where the two differ."""


@dataclass(frozen=True, slots=True)
class Label:
    """What an activity really was, for judging the site's parkrun rules."""

    parkrun: bool = False
    """Whether it was a 5 km parkrun."""
    clear: bool = True
    """Whether place and time leave no doubt about `parkrun`."""
    event: str | None = None
    """The slug of the event, also of a junior event."""
    why: str = ""
    junior: bool = False
    double_of: int | None = None
    """The id of the activity of which this is a second recording."""


@dataclass(slots=True)
class Activity:
    """One activity. `start` is the true start, in epoch seconds. `hidden_…` and `withheld` limit what the API shows."""

    id: int
    athlete_id: int
    name: str
    sport_type: str
    start: int
    zone: str
    distance: float
    moving_time: int
    elapsed_time: int
    climb: float = 0.0
    route: Route | None = None
    workout_type: int | None = None
    visibility: str = "everyone"
    withheld: bool = False
    hidden_start: bool = False
    hidden_map: bool = False
    trimmed_m: int = 0
    """The radius of a privacy zone: the map begins and ends this many metres from where the activity did."""
    ends_hidden: bool = False
    """Whether start_latlng and end_latlng are empty if the map is trimmed, instead of the trimmed map's ends."""
    manual: bool = False
    trainer: bool = False
    commute: bool = False
    device_name: str | None = "Garmin Forerunner 255"
    athlete_count: int = 1
    zone_label: str = ""
    heartrate: float | None = None
    uploaded: int = 0
    found_from: float = 0.0
    """The time until which the call for this one activity answers 404, although its event was sent."""
    label: Label = field(default_factory=Label)
    _written: dict[bool, bytes] = field(default_factory=dict, repr=False)

    def written(self, *, precise: bool) -> bytes:
        """Return the summary as JSON, encoded once for each precision of coordinates."""
        if precise not in self._written:
            self._written[precise] = _compact(summary(self, precise=precise))
        return self._written[precise]

    def forget_written(self) -> None:
        self._written.clear()

    @property
    def shown_route(self) -> Route | None:
        """Return the route that the API shows: none if the map is hidden, and less of it in a privacy zone."""
        if self.hidden_map or self.route is None:
            return None
        return trimmed(self.route, metres=self.trimmed_m) if self.trimmed_m else self.route

    @property
    def shown_start(self) -> int:
        """Return the start that the API shows: one second after local midnight if it is hidden."""
        if not self.hidden_start:
            return self.start
        local = datetime.fromtimestamp(self.start, ZoneInfo(self.zone))
        return int(local.replace(hour=0, minute=0, second=1, fold=0).timestamp())


def new_id(uploaded: int, *, salt: int) -> int:
    """Return an id for an activity that was uploaded at this time. `salt` chooses one of the 31 ids of that second."""
    return (uploaded - ID_EPOCH) * 31 + salt % 31


def summary(activity: Activity, *, precise: bool) -> dict[str, object]:
    """Return an activity as Strava's lists have it (SummaryActivity). `precise`: with exact coordinates."""
    return {
        "resource_state": 2,
        "athlete": {"id": activity.athlete_id, "resource_state": 1},
        "name": activity.name,
        **_figures(activity),
        "id": activity.id,
        **_time(activity),
        **_place(activity, precise=precise),
        **_flags(activity),
        **_body(activity),
        **_origin(activity),
        **_company(activity),
    }


def _figures(activity: Activity) -> dict[str, object]:
    """Return the fields about distance, time, speed and height."""
    speed = activity.distance / activity.moving_time if activity.moving_time else 0.0
    return {
        "distance": activity.distance,
        "moving_time": activity.moving_time,
        "elapsed_time": activity.elapsed_time,
        "total_elevation_gain": activity.climb,
        "type": TYPES.get(activity.sport_type, activity.sport_type),
        "sport_type": activity.sport_type,
        "workout_type": activity.workout_type,
        "average_speed": round(speed, 3),
        "max_speed": round(speed * 1.35, 3),
        "elev_high": round(20 + activity.climb * 0.6, 1),
        "elev_low": 20.0,
    }


def _time(activity: Activity) -> dict[str, object]:
    start = activity.shown_start
    offset = utc_offset(activity.zone, start)
    return {
        "start_date": _zulu(start),
        "start_date_local": _zulu(start + offset),
        "timezone": activity.zone_label or zone_label(activity.zone),
        "utc_offset": float(offset),
    }


def _place(activity: Activity, *, precise: bool) -> dict[str, object]:
    """Return the fields about the place, without coordinates if they are hidden. `location_country` is often wrong."""
    shown = activity.shown_route
    ends = None if activity.trimmed_m and activity.ends_hidden else shown
    digits = 6 if precise else 2
    return {
        "location_city": None,
        "location_state": None,
        "location_country": "United States" if activity.id % 3 == 0 else None,
        "map": {"id": f"a{activity.id}", "summary_polyline": shown.polyline if shown else "", "resource_state": 2},
        "start_latlng": [round(number, digits) for number in ends.start] if ends else [],
        "end_latlng": [round(number, digits) for number in ends.end] if ends else [],
    }


def _flags(activity: Activity) -> dict[str, object]:
    """Return the yes-or-no fields."""
    return {
        "trainer": activity.trainer,
        "commute": activity.commute,
        "manual": activity.manual,
        "private": activity.visibility == "only_me",
        "visibility": activity.visibility,
        "flagged": False,
        "hide_from_home": False,
        "from_accepted_tag": False,
        "heartrate_opt_out": False,
    }


def _body(activity: Activity) -> dict[str, object]:
    """Return the fields about the athlete's body: cadence, heart rate, effort."""
    beats = activity.heartrate
    return {
        "average_cadence": round(78 + activity.id % 90 / 10, 1) if activity.device_name else None,
        "has_heartrate": beats is not None,
        "average_heartrate": beats,
        "max_heartrate": beats and beats + 17.0,
        "display_hide_heartrate_option": beats is not None,
        "suffer_score": beats and round(activity.moving_time / 60),
    }


def _origin(activity: Activity) -> dict[str, object]:
    upload_id = None if activity.manual else activity.id + 1_070_000_000
    return {
        "device_name": activity.device_name,
        "gear_id": None,
        "upload_id": upload_id,
        "upload_id_str": upload_id and str(upload_id),
        "external_id": upload_id and f"garmin_ping_{upload_id}",
    }


def _company(activity: Activity) -> dict[str, object]:
    """Return the fields about other people: kudos, comments, and how many ran along."""
    count = activity.id % 7
    return {
        "achievement_count": count,
        "kudos_count": activity.id % 29,
        "comment_count": activity.id % 3,
        "athlete_count": activity.athlete_count,
        "photo_count": 0,
        "total_photo_count": 0,
        "pr_count": count // 3,
        "has_kudoed": False,
    }


def detail(activity: Activity, *, precise: bool) -> dict[str, object]:
    """Return an activity as Strava's call for one activity has it (DetailedActivity): with more fields."""
    shown = activity.shown_route
    line = shown.polyline if shown else ""
    fields = summary(activity, precise=precise)
    fields["map"] = {"id": f"a{activity.id}", "polyline": line, "summary_polyline": line, "resource_state": 3}
    return fields | {
        "resource_state": 3,
        "description": None,
        "calories": round(activity.distance / 1000 * 68, 1),
        "embed_token": f"{activity.id:040x}",
        "photos": {"primary": None, "count": 0},
        "laps": [],
        "segment_efforts": [],
        "splits_metric": [],
        "splits_standard": [],
        "best_efforts": _best_efforts(activity),
    }


@lru_cache(maxsize=64)
def zone_label(zone: str) -> str:
    """Return a time zone as Strava writes it: "(GMT+00:00) Europe/London", with the winter's offset in every season."""
    year = datetime(2026, 1, 15, tzinfo=UTC)
    offset = min(utc_offset(zone, int(day.timestamp())) for day in (year, year + timedelta(days=182)))
    sign, minutes = ("-", -offset // 60) if offset < 0 else ("+", offset // 60)
    return f"(GMT{sign}{minutes // 60:02}:{minutes % 60:02}) {zone}"


def utc_offset(zone: str, instant: int) -> int:
    offset = datetime.fromtimestamp(instant, _zone(zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _best_efforts(activity: Activity) -> list[dict[str, object]]:
    if TYPES.get(activity.sport_type, activity.sport_type) != "Run" or activity.distance < 5000:
        return []
    seconds = round(activity.elapsed_time * 5000 / activity.distance)
    return [{"name": "5K", "distance": 5000.0, "elapsed_time": seconds, "moving_time": seconds, "pr_rank": None}]


def _compact(fields: dict[str, object]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def _zulu(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
