"""Strava's payloads as frozen classes: activities, athletes, tokens, webhook subscriptions.

Each `read_…` function takes one decoded JSON value. It accepts everything that Strava has been seen to send: fields
that are null, empty or missing, numbers as strings, unknown sports and time zones. The only error that it raises is
`UnexpectedAnswer`, if a required field cannot be read.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from strava_live.http.fields import count, instant, number, text
from strava_live.http.tokens import expiry
from strava_live.strava.errors import UnexpectedAnswer
from strava_live.strava.fields import flag, place, positive_id, wall_clock, zone_and_offset

# Strava sends this local start time if the athlete hides start times: https://communityhub.strava.com, July 2024.
HIDDEN_START = time(0, 0, 1)
MAX_NAME = 255
MAX_POLYLINE = 100_000


@dataclass(frozen=True, slots=True)
class StravaActivity:
    """One activity, as Strava shows it to its athlete's token."""

    strava_id: int
    athlete_id: int | None
    name: str
    sport_type: str
    start: datetime
    """In UTC. If `hidden_start` is True, only the day is right."""
    start_local: datetime
    """Local time, naive."""
    zone: str
    """An IANA name that zoneinfo knows, or ""."""
    utc_offset_s: int
    hidden_start: bool
    distance_m: float
    moving_s: int
    elapsed_s: int
    manual: bool
    trainer: bool
    private: bool
    visibility: str
    """`everyone`, `followers_only` or `only_me`. An unknown value becomes `followers_only`."""
    flagged: bool
    start_latlng: tuple[float, float] | None
    polyline: str
    device_name: str
    athlete_count: int
    workout_type: int | None
    external_id: str

    @property
    def latest_start(self) -> datetime:
        """The latest possible start of the activity: the end of its local day if the start is hidden."""
        if not self.hidden_start:
            return self.start
        next_day = datetime.combine(self.start_local.date() + timedelta(days=1), time.min, UTC)
        return max(self.start, next_day - timedelta(seconds=self.utc_offset_s))


@dataclass(frozen=True, slots=True)
class Athlete:
    """The athlete to whom a token belongs. Strava sends no email address."""

    strava_id: int
    username: str
    first_name: str
    last_name: str
    avatar_url: str
    joined_at: datetime | None = None
    """When the account was created. Activities can be older: people upload earlier runs."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access and a refresh token. The refresh token can become invalid as soon as Strava has issued the next one."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """The result of a sign-in."""

    tokens: Tokens
    athlete: Athlete


@dataclass(frozen=True, slots=True)
class Subscription:
    """The application's one webhook subscription."""

    id: int
    callback_url: str


def read_activity(data: Any) -> StravaActivity:
    """Read an activity. Its id and start are required; every other field has a default."""
    if not isinstance(data, dict):
        raise UnexpectedAnswer("an activity that is not an object")
    get = data.get
    strava_id = positive_id(get("id"))
    start = instant(get("start_date"))
    if strava_id is None or start is None:
        raise UnexpectedAnswer(f"activity {strava_id or 'without an id'}{'' if start else ' without a start'}")
    start_local = wall_clock(get("start_date_local"))
    zone, offset = zone_and_offset(get("timezone"), get("utc_offset"), start=start, start_local=start_local)
    if start_local is None:
        start_local = start.replace(tzinfo=None) + timedelta(seconds=offset)
    athlete, route = get("athlete"), get("map")
    private = flag(get("private"))
    return StravaActivity(
        strava_id=strava_id,
        athlete_id=positive_id(athlete.get("id")) if isinstance(athlete, dict) else None,
        name=text(get("name"), MAX_NAME),
        sport_type=text(get("sport_type") or get("type"), 64),
        start=start,
        start_local=start_local,
        zone=zone,
        utc_offset_s=offset,
        hidden_start=start_local.time() == HIDDEN_START,
        distance_m=number(get("distance")),
        moving_s=count(get("moving_time")),
        elapsed_s=count(get("elapsed_time")),
        manual=flag(get("manual")),
        trainer=flag(get("trainer")),
        private=private,
        visibility=read_visibility(get("visibility"), private=private),
        flagged=flag(get("flagged")),
        start_latlng=place(get("start_latlng")),
        polyline=read_polyline(route) if isinstance(route, dict) else "",
        device_name=text(get("device_name"), MAX_NAME),
        athlete_count=max(1, count(get("athlete_count"))),
        workout_type=None if (kind := get("workout_type")) is None else count(kind),
        external_id=text(get("external_id"), MAX_NAME),
    )


def read_visibility(value: Any, *, private: bool) -> str:
    if private or value == "only_me":
        return "only_me"
    return "everyone" if value == "everyone" else "followers_only"


def read_polyline(route: dict[str, Any]) -> str:
    line = route.get("summary_polyline") or route.get("polyline")
    # A polyline that is too long is dropped, because a cut one would end at a random place.
    return text(line, MAX_POLYLINE) if isinstance(line, str) and len(line) <= MAX_POLYLINE else ""


def read_athlete(data: Any) -> Athlete:
    """Read an athlete. The id is required."""
    strava_id = positive_id(data.get("id")) if isinstance(data, dict) else None
    if strava_id is None:
        raise UnexpectedAnswer("an athlete without an id")
    avatar = text(data.get("profile"), 2048)
    return Athlete(
        strava_id=strava_id,
        username=text(data.get("username"), MAX_NAME),
        first_name=text(data.get("firstname"), MAX_NAME),
        last_name=text(data.get("lastname"), MAX_NAME),
        # For an athlete without a picture Strava sends the text avatar/athlete/large.png.
        avatar_url=avatar if avatar.startswith("https://") else "",
        joined_at=instant(data.get("created_at")),
    )


def read_tokens(data: Any, *, now: datetime) -> Tokens:
    """Read a pair of tokens. Both are required."""
    get = data.get if isinstance(data, dict) else {}.get
    access, refresh = get("access_token"), get("refresh_token")
    if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh):
        raise UnexpectedAnswer("a token response without tokens")
    return Tokens(access=access, refresh=refresh, expires_at=expiry(data, now=now))


def read_grant(data: Any, *, now: datetime) -> Grant:
    tokens = read_tokens(data, now=now)
    return Grant(tokens=tokens, athlete=read_athlete(data.get("athlete")))


def read_subscription(data: Any) -> Subscription:
    """Read a subscription. Only the id is required: Strava's documentation shows nothing else for a new one."""
    subscription_id = positive_id(data.get("id")) if isinstance(data, dict) else None
    if subscription_id is None:
        raise UnexpectedAnswer("a subscription without an id")
    return Subscription(id=subscription_id, callback_url=text(data.get("callback_url"), 2048))
