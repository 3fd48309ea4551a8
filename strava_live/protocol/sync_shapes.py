"""The shapes in the messages of an athlete's own Strava: `run`, and `item` with its `parkrun`."""

from typing import Literal

from typing_extensions import TypedDict

from strava_live.error_codes import ErrorCode
from strava_live.protocol.fields import Count, Day, Id, Instant, LocalInstant, shape

RunState = Literal["running", "waiting", "finished", "cancelled", "failed"]
RunReason = Literal["asked", "webhook", "routine"]
WaitReason = Literal["rate_limit", "strava_down", "busy"]
ItemState = Literal["found", "saved", "dismissed"]
ParkrunStatus = Literal["sure", "maybe"]


@shape
class WaitingShape(TypedDict):
    """Why a run waits."""

    until: Instant | None
    """When the run continues, by itself. Null if that is not known."""
    reason: WaitReason
    """Strava's limit is reached, Strava does not answer, or this site is busy with other runs."""


@shape
class FailureShape(TypedDict):
    """Why a run failed."""

    code: ErrorCode
    """The reason, from the table of error codes."""
    message: str
    """The reason as a sentence for the athlete."""
    next_step: str
    """What the athlete can do, as a sentence."""


@shape
class RunShape(TypedDict):
    """One import from the athlete's Strava, from its start to its end."""

    id: Id
    """Identifies the run. An athlete's later runs have greater ids."""
    state: RunState
    """`running` and `waiting` runs are live; the others have ended."""
    reason: RunReason
    """Why the run was started. In messages always `asked`: the athlete has started it.

    Runs that the site starts have the reason `webhook` (Strava has reported a change) or `routine` (the site looks for
    changes regularly). Messages do not show them today; a later version may.
    """
    since: Day | None
    """The first day to import, in the athlete's time zone. Null for all days from the first activity."""
    until: Day | None
    """The last day to import. Null for all days up to now."""
    found: Count
    """How many different activities the run has read, in any state."""
    saved: Count
    """How many activities the run has saved."""
    pages: Count
    """How many pages of Strava's list the run has read."""
    requests: Count
    """How many calls to Strava the run has made."""
    started_at: Instant
    """When the run was started."""
    ended_at: Instant | None
    """When the run ended. Null while it is live."""
    oldest: Instant | None
    """The start of the oldest activity that the run has read: how far back it has got. Null before the first."""
    waiting: WaitingShape | None
    """Why the run waits. Null in any other state."""
    failure: FailureShape | None
    """Why the run failed. Null in any other state."""
    says: str
    """The run's state as a sentence."""
    progress: str
    """How far the run has got, as a sentence."""
    checked: str
    """How many activities the run has read, in words."""
    result: str
    """How many activities the run has read, and how many parkruns it has saved, in words."""
    milestone: str
    """The last round number of parkruns that the run has reached, as a sentence. An empty text before the first."""


@shape
class ParkrunShape(TypedDict):
    """What the site believes about an activity that is, or may be, a parkrun."""

    status: ParkrunStatus
    """`sure`, or `maybe` if the athlete should decide."""
    event: str | None
    """The event's short name, such as `bushy`. Null if it is not known."""
    event_name: str | None
    """The event's name, such as `Bushy parkrun`. Null if it is not known."""
    time_s: Count
    """The official time in seconds if it is known, else the elapsed time."""
    reasons: list[str]
    """Why the site believes it, as short sentences."""


@shape
class BadgeShape(TypedDict):
    """The parkrun badge of an activity. It follows the athlete's answer to a `maybe`."""

    status: ParkrunStatus
    """`sure`, or `maybe` while the athlete has not answered."""
    words: str
    """The words on the badge."""


@shape
class ItemShape(TypedDict):
    """One of the athlete's activities at Strava."""

    strava_id: Id
    """Strava's number of the activity. Store items by it."""
    name: str
    """The activity's title at Strava."""
    sport_type: str
    """Strava's name of the sport, such as `Run` or `TrailRun`."""
    start: LocalInstant
    """When it started, as the local time with its offset from UTC."""
    timezone: str
    """The time zone where it started, such as `Europe/London`. An empty text if Strava names none."""
    distance_m: float
    """The distance in metres."""
    elapsed_s: Count
    """Seconds from start to end."""
    moving_s: Count
    """Seconds in motion."""
    state: ItemState
    """`found`: read, and deleted a week after Strava last returned it, or earlier if the operator has chosen so.
    `saved`: kept. `dismissed`: removed by the athlete, and no later run saves it again."""
    url: str
    """The activity's page at Strava."""
    parkrun: ParkrunShape | None
    """Null if it is not a parkrun."""
    facts: str
    """Distance, time and sport in words."""
    badge: BadgeShape | None
    """Null if it has no badge: no parkrun, or a `maybe` that the athlete has dismissed."""
