"""My own Strava, live: /ws/sync/."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from strava_live.protocol.envelope import Command, Json, Message, Readers, day, identity

MOST_SHOWN = 200
A_STRAVA_ID = "strava_id is the number that Strava gives an activity."

# --- What a client may send


@dataclass(frozen=True)
class SyncStart(Command):
    """Read my activities at Strava, all of them or those of a window of days in my own time zone."""

    type: ClassVar = "sync.start"
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class SyncCancel(Command):
    """Stop the live run; what it has found stays."""

    type: ClassVar = "sync.cancel"


@dataclass(frozen=True)
class ActivitySave(Command):
    """Save one of my activities."""

    type: ClassVar = "activity.save"
    strava_id: int


@dataclass(frozen=True)
class ActivityUnsave(Command):
    """Take one of my activities back; no sync saves it again."""

    type: ClassVar = "activity.unsave"
    strava_id: int


SYNC_COMMANDS: Readers = {
    SyncStart.type: lambda data: SyncStart(since=day(data.get("since")), until=day(data.get("until"))),
    SyncCancel.type: lambda data: SyncCancel(),
    ActivitySave.type: lambda data: ActivitySave(identity(data.get("strava_id"), A_STRAVA_ID)),
    ActivityUnsave.type: lambda data: ActivityUnsave(identity(data.get("strava_id"), A_STRAVA_ID)),
}

# --- What the server sends


@dataclass(frozen=True, kw_only=True)
class SyncHello(Message):
    """Where everything stands: the live or last run, and the newest activities, or with `after` what has changed."""

    type: ClassVar = "hello"
    protocol: int
    server_time: str
    run: Json | None
    mark: int
    items: list[Json]
    complete: bool


@dataclass(frozen=True, kw_only=True)
class SyncStarted(Message):
    """A run has begun, or gone on after a wait."""

    type: ClassVar = "sync.started"
    run: Json


@dataclass(frozen=True, kw_only=True)
class ActivitiesFound(Message):
    """What arrived together, read from the wire and kept."""

    type: ClassVar = "activities.found"
    run_id: int
    items: list[Json]
    mark: int


@dataclass(frozen=True, kw_only=True)
class ActivitySaved(Message):
    """One activity has been saved, by its athlete or as a sure parkrun."""

    type: ClassVar = "activity.saved"
    item: Json
    mark: int


@dataclass(frozen=True, kw_only=True)
class ActivityUnsaved(Message):
    """One activity has been taken back: it is dismissed."""

    type: ClassVar = "activity.unsaved"
    item: Json
    mark: int


@dataclass(frozen=True, kw_only=True)
class SyncProgress(Message):
    """How far the run is; a few a second at most."""

    type: ClassVar = "sync.progress"
    run: Json


@dataclass(frozen=True, kw_only=True)
class SyncWaiting(Message):
    """The run waits, and goes on by itself: `rate_limit`, `strava_down` or `busy`."""

    type: ClassVar = "sync.waiting"
    run: Json
    until: str | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class SyncFinished(Message):
    """The run has read everything there was to read."""

    type: ClassVar = "sync.finished"
    run: Json


@dataclass(frozen=True, kw_only=True)
class SyncCancelled(Message):
    """The run was stopped by its athlete."""

    type: ClassVar = "sync.cancelled"
    run: Json


@dataclass(frozen=True, kw_only=True)
class SyncFailed(Message):
    """The run has ended without its work done; `message` says why and `next_step` what to do."""

    type: ClassVar = "sync.failed"
    run: Json
    code: str
    message: str
    next_step: str
