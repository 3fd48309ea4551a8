"""Messages of an athlete's own Strava: /ws/sync/."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from strava_live.protocol.envelope import Command, CommandParsers, Json, Message, parse_day, parse_id

MOST_SHOWN = 200
A_STRAVA_ID = "strava_id is the number that Strava gives an activity."

# --- From the client


@dataclass(frozen=True)
class SyncStart(Command):
    """Import my activities from Strava: all, or those of a range of dates in my time zone, both included."""

    type: ClassVar = "sync.start"
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class SyncCancel(Command):
    """Stop the current run. Activities found so far stay."""

    type: ClassVar = "sync.cancel"


@dataclass(frozen=True)
class ActivitySave(Command):
    """Save one of my activities."""

    type: ClassVar = "activity.save"
    strava_id: int


@dataclass(frozen=True)
class ActivityUnsave(Command):
    """Dismiss one of my activities. No later sync saves it again."""

    type: ClassVar = "activity.unsave"
    strava_id: int


SYNC_COMMANDS: CommandParsers = {
    SyncStart.type: lambda data: SyncStart(since=parse_day(data.get("since")), until=parse_day(data.get("until"))),
    SyncCancel.type: lambda data: SyncCancel(),
    ActivitySave.type: lambda data: ActivitySave(parse_id(data.get("strava_id"), A_STRAVA_ID)),
    ActivityUnsave.type: lambda data: ActivityUnsave(parse_id(data.get("strava_id"), A_STRAVA_ID)),
}

# --- From the server


@dataclass(frozen=True, kw_only=True)
class SyncHello(Message):
    """The current or last run and the newest activities; with `after`, the activities changed since."""

    type: ClassVar = "hello"
    protocol: int
    server_time: str
    run: Json | None
    mark: int
    items: list[Json]
    complete: bool


@dataclass(frozen=True, kw_only=True)
class SyncStarted(Message):
    """A run has started, or continues after a wait."""

    type: ClassVar = "sync.started"
    run: Json


@dataclass(frozen=True, kw_only=True)
class ActivitiesFound(Message):
    """Activities that were read from Strava together and stored."""

    type: ClassVar = "activities.found"
    run_id: int
    items: list[Json]
    mark: int


@dataclass(frozen=True, kw_only=True)
class ActivitySaved(Message):
    """An activity has been saved: by its athlete, or automatically as a definite parkrun."""

    type: ClassVar = "activity.saved"
    item: Json
    mark: int


@dataclass(frozen=True, kw_only=True)
class ActivityUnsaved(Message):
    """An activity has been dismissed."""

    type: ClassVar = "activity.unsaved"
    item: Json
    mark: int


@dataclass(frozen=True, kw_only=True)
class SyncProgress(Message):
    """The run's progress, a few times a second at most."""

    type: ClassVar = "sync.progress"
    run: Json


@dataclass(frozen=True, kw_only=True)
class SyncWaiting(Message):
    """The run waits and continues by itself. `reason`: `rate_limit`, `strava_down` or `busy`."""

    type: ClassVar = "sync.waiting"
    run: Json
    until: str | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class SyncFinished(Message):
    """The run has read all activities in its range."""

    type: ClassVar = "sync.finished"
    run: Json


@dataclass(frozen=True, kw_only=True)
class SyncCancelled(Message):
    """The athlete has stopped the run."""

    type: ClassVar = "sync.cancelled"
    run: Json


@dataclass(frozen=True, kw_only=True)
class SyncFailed(Message):
    """The run has failed. `message` says why, and `next_step` what to do."""

    type: ClassVar = "sync.failed"
    run: Json
    code: str
    message: str
    next_step: str
