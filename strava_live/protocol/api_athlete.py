"""The REST API's shapes and bodies of what belongs to one athlete: themself, activities, parkruns, imports, events."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from strava_live.protocol.api_common import ApiBody
from strava_live.protocol.fields import Count, Day, Id, Instant, shape
from strava_live.protocol.sync_shapes import ItemShape, RunShape

VerdictWord = Literal["sure", "maybe", "no"]
How = Literal["run", "walk"]
SourceWord = Literal["recognised", "typed", "imported"]
DayText = Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-11-21"])]
"""A day as a client sends it. It is read by `parse_day`, whose error has the code `bad_dates`."""


def without_default(schema: dict[str, Any]) -> None:
    """Remove the default from a field's JSON schema: if a client leaves the field out, its stored value stays."""
    schema.pop("default", None)


@shape
class MyStravaShape(TypedDict):
    """Your connection to Strava."""

    id: Id
    """Your number at Strava."""
    connected_at: Instant
    """When you connected Strava, or connected it again."""
    needs_reconnecting: bool
    """True if Strava no longer accepts the connection. Connect it again on the site."""
    may_read_activities: bool
    """False if you have not allowed the site to see your activities."""


@shape
class MeShape(TypedDict):
    """You, as the site knows you."""

    id: Id
    """Your number here, which entries of clubs have as `athlete.id`."""
    name: str
    """Your name: your display name, or your username if you have none."""
    username: str
    """The name with which you sign in."""
    time_zone: str
    """Your time zone, such as `Europe/London`. It decides which day is today."""
    parkrun_id: str | None
    """Your number at parkrun, without the `A`. Null if you have not entered it."""
    goal_time_s: Count | None
    """Your goal for a parkrun in seconds. Null if you have none."""
    mark: Count
    """The number of the last change to one of your activities. It is `Last-Event-ID` of your stream."""
    strava: MyStravaShape | None
    """Null if Strava is not connected."""


@shape
class ItemsPage(TypedDict):
    """A page of your activities, newest first."""

    items: list[ItemShape]
    """The activities."""
    next: str | None
    """The address of the page of older activities. Null if there are none."""
    previous: str | None
    """The address of the page of newer activities. Null if there are none."""


@shape
class ResultShape(TypedDict):
    """One of your parkruns: on foot, as a volunteer, or both."""

    id: Id
    """Identifies the parkrun here."""
    event: str
    """The event's short name in addresses, such as `bushy`."""
    event_name: str
    """The event's name, such as `Bushy parkrun`."""
    date: Day
    """The date of the parkrun, in the event's time zone."""
    junior: bool
    """True for a junior parkrun (2 km), whose numbers and bests are counted separately."""
    how: How | None
    """Whether you ran or walked. Null if you only volunteered."""
    volunteered: bool
    """Whether you volunteered."""
    time_s: Count | None
    """The official time in seconds if it is known, else the elapsed time of the activity. Null if neither is known."""
    official_time_s: Count | None
    """The time that parkrun published, as you entered or imported it. Null if it is not known."""
    position: Count | None
    """Your position. Null if it is not known."""
    note: str
    """Your note, which only you see. May be empty."""
    count: Count | None
    """Which of your parkruns, or junior parkruns, it is: 50 for the fiftieth. Null if you only volunteered."""
    first_here: bool
    """True if you took part at this event for the first time."""
    best: Literal["event", "ever"] | None
    """Whether the time beats all your earlier ones, at this event or anywhere. Null if it does not."""
    volunteer_count: Count | None
    """How many times you had volunteered, including this time. Null if you did not volunteer."""
    source: SourceWord
    """Where it comes from: an activity at Strava, a form or this API, or results that you pasted."""
    strava_id: Id | None
    """Strava's number of the activity. Null without an activity."""
    url: str | None
    """The activity's page at Strava. Null without an activity."""


@shape
class ResultsPage(TypedDict):
    """A page of your parkruns, newest first."""

    items: list[ResultShape]
    """The parkruns."""
    next: str | None
    """The address of the page of older parkruns. Null if there are none."""
    previous: str | None
    """The address of the page of newer parkruns. Null if there are none."""


@shape
class RunsPage(TypedDict):
    """A page of the imports that you have started, newest first."""

    items: list[RunShape]
    """The imports."""
    next: str | None
    """The address of the page of older imports. Null if there are none."""
    previous: str | None
    """The address of the page of newer imports. Null if there are none."""


@shape
class EventShape(TypedDict):
    """A parkrun event."""

    slug: str
    """The event's short name in addresses, such as `bushy`."""
    name: str
    """The event's name, such as `Bushy parkrun`."""
    short_name: str
    """The event's name without the word parkrun, as parkrun's list has it."""
    country: str | None
    """The ISO 3166 code of two letters. Null if it is not known."""
    region: str | None
    """The region, such as `Greater London`. Null if it is not known."""
    latitude: float | None
    """Degrees north of the equator. Null for an event that you have named yourself."""
    longitude: float | None
    """Degrees east of Greenwich. Null for an event that you have named yourself."""
    junior: bool
    """True for a junior event (2 km)."""
    time_zone: str | None
    """The event's time zone, such as `Europe/London`. Null if it is not known."""
    starts: str | None
    """The announced start in local time, such as `09:00`. Null if it is not known."""
    closed_on: Day | None
    """The day from which the event counts as closed. Null while it is open."""
    distance_m: Count | None
    """Metres from the point `near`. Null without `near`."""


@shape
class EventsPage(TypedDict):
    """A page of parkrun events, in the order of their slugs; with `near` nearest first, with `q` the best match first.

    The events that you have named yourself are among them, but not with `near`: they have no place.
    """

    items: list[EventShape]
    """The events."""
    next: str | None
    """The address of the page of slugs after these. Null if there are none, and with `near` or `q`."""
    previous: str | None
    """The address of the page of slugs before these. Null if there are none, and with `near` or `q`."""


class SyncBody(ApiBody):
    """The days of an import, both included. Without `since` it reads from your first activity, without `until` up to
    now."""

    since: DayText | None = None
    """The first day, in your time zone."""
    until: DayText | None = None
    """The last day, in your time zone."""


class ResultBody(ApiBody):
    """A parkrun to add."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"event": "bushy", "date": "2026-11-21", "how": "run", "official_time_s": 1500}]
        }
    )

    event: Annotated[str, Field(max_length=140, examples=["bushy"])]
    """The event's slug."""
    date: DayText
    """The date of the parkrun. It is a day on which parkruns are held, and not in the future."""
    how: How | None = None
    """Whether you ran or walked. Null if you only volunteered."""
    volunteered: bool = False
    """Whether you volunteered."""
    official_time_s: Count | None = None
    """The time that parkrun published, in seconds. Only with `how`."""
    position: Count | None = None
    """Your position, from 1 to 99,999."""
    note: str = ""
    """A note for yourself, of at most 500 characters."""


class ResultChangeBody(ApiBody):
    """What to change about a parkrun. Fields that you leave out stay as they are."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"position": 212, "note": "With the dog."}]})

    how: Annotated[How | None, Field(json_schema_extra=without_default)] = None
    """Whether you ran or walked. Null if you only volunteered, which is not possible with an activity."""
    volunteered: Annotated[bool, Field(json_schema_extra=without_default)] = False
    """Whether you volunteered."""
    official_time_s: Annotated[Count | None, Field(json_schema_extra=without_default)] = None
    """The time that parkrun published, in seconds. Null removes it."""
    position: Annotated[Count | None, Field(json_schema_extra=without_default)] = None
    """Your position, from 1 to 99,999. Null removes it."""
    note: Annotated[str, Field(json_schema_extra=without_default)] = ""
    """A note for yourself, of at most 500 characters. Line breaks stay."""
