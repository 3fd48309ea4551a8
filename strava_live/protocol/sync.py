"""Messages of an athlete's own Strava.

Open `/ws/sync/` with the session cookie of an athlete. To reconnect, open `/ws/sync/?after=<mark>`.

An *activity* is what Strava calls one; in messages it is an `item`. A *run* reads activities from Strava. The field
`run` shows only *imports*: runs that the athlete has started. All sockets of an athlete show the same run, which
continues when the last of them closes.

A *mark* is a number that counts the changes to one athlete's activities: each change gets the next number. A message
that carries changes carries the mark of the last of them. Store the mark of the last message that you received: if you
reconnect with it, you miss nothing. You may receive a change twice, so store items by `strava_id` and let the later one
replace the earlier.

- Without `after`, `hello` has the newest 200 activities. If `complete` is false, `GET /sync/rows/?before=<strava_id>`
  returns older ones as `{"items": [...]}`.
- With `after`, `hello` has the activities that have changed since that mark, at most 500. If `complete` is false,
  reconnect with the `mark` of this `hello` for the next ones.
- An `after` that is not a number, or above the athlete's mark, is treated as absent: `hello` is as without `after`. If
  its `mark` is below your `after`, drop the items that you have. After a backup was restored, they may not exist any
  more.
- Items in the state `found` are deleted some days after Strava last returned them, at most seven. No message says so.
  If you were away for a week, open the socket without `after`, and drop the items that you have.

The athlete starts an import with `sync.start` or on the page My Strava. The script of that page sends `sync.start` by
itself for the first import. The site also starts runs by itself: from time to time, and when Strava has reported that
activities are new, changed or deleted. What such a run finds arrives as `activities.found`, `activity.saved` and
`activities.removed`. There are no messages about the run itself.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from strava_live.error_codes import ErrorCode
from strava_live.protocol.envelope import Command, Error, Message, OptionalDay, Pong, Refusal, by_type
from strava_live.protocol.fields import Count, Id, Instant
from strava_live.protocol.sync_shapes import ItemShape, RunShape, WaitReason

MOST_SHOWN = 200
StravaId = Annotated[Id, Refusal("strava_id is the number that Strava gives an activity.")]

# --- From the client


class SyncStart(Command):
    """Import your activities from Strava: all, or those of a range of dates in your time zone, both included."""

    type: Literal["sync.start"] = "sync.start"
    since: OptionalDay = None
    """The first day. Without it, from the first activity."""
    until: OptionalDay = None
    """The last day. Without it, up to now."""


class SyncCancel(Command):
    """Stop the current run. Activities found so far stay."""

    type: Literal["sync.cancel"] = "sync.cancel"


class ActivitySave(Command):
    """Save one of your activities."""

    type: Literal["activity.save"] = "activity.save"
    strava_id: StravaId
    """Strava's number of the activity."""


class ActivityUnsave(Command):
    """Dismiss one of your activities. No later run saves it again."""

    type: Literal["activity.unsave"] = "activity.unsave"
    strava_id: StravaId
    """Strava's number of the activity."""


SyncCommand = SyncStart | SyncCancel | ActivitySave | ActivityUnsave
SYNC_COMMANDS = by_type(SyncStart, SyncCancel, ActivitySave, ActivityUnsave)

# --- From the server


@dataclass(frozen=True, kw_only=True)
class SyncHello(Message):
    """The current or last run and the newest activities; with `after`, the activities changed since."""

    type: Literal["hello"] = "hello"
    protocol: int
    """The version of this protocol: 1."""
    server_time: Instant
    """The time at the server."""
    run: RunShape | None
    """The last run that the athlete has started, live or ended. Null if there was none yet."""
    mark: Count
    """The number of the last change that this message includes. Reconnect with it."""
    items: list[ItemShape]
    """Without `after` the newest 200 activities, newest first; with it those changed since, oldest change first."""
    removed: list[Id]
    """With `after`: Strava's numbers of activities that are gone since, deleted or hidden from us. Otherwise empty."""
    complete: bool
    """False if there are more: without `after` older activities, with it further changes.

    On a club's socket, `complete` means something else.
    """


@dataclass(frozen=True, kw_only=True)
class SyncStarted(Message):
    """A run has started, or continues after a wait."""

    type: Literal["sync.started"] = "sync.started"
    run: RunShape
    """The run."""


@dataclass(frozen=True, kw_only=True)
class ActivitiesFound(Message):
    """Activities that are new or have changed.

    They were read from Strava, or they have changed after a decision of the athlete, such as an official time.
    """

    type: Literal["activities.found"] = "activities.found"
    run_id: Count
    """The id of the run that has read the activities. If no run has read them, the id of another run of the athlete, or
    0.

    The id of a run that the site has started by itself is in no `run` field. Take the items also if you do not know the
    id.
    """
    items: list[ItemShape]
    """The activities, as they are now. They replace those that you have with the same `strava_id`."""
    mark: Count
    """The number of the last of these changes."""


@dataclass(frozen=True, kw_only=True)
class ActivitiesRemoved(Message):
    """Activities that Strava no longer has, or no longer shows to us. Drop them.

    If one of them is made visible to us again at Strava, it comes back with `activities.found`.
    """

    type: Literal["activities.removed"] = "activities.removed"
    strava_ids: list[Id]
    """Strava's numbers of the activities."""
    mark: Count
    """The number of the last of these changes."""


@dataclass(frozen=True, kw_only=True)
class AccessRevoked(Message):
    """The athlete has revoked our access at Strava, and clubs no longer see what came from there. Load the page again.

    What came from Strava is deleted at once, or some days later, as the operator has chosen. If it is deleted later,
    the message is sent again at that time.
    """

    type: Literal["access.revoked"] = "access.revoked"


@dataclass(frozen=True, kw_only=True)
class ActivitySaved(Message):
    """An activity has been saved: by its athlete, or automatically as a definite parkrun."""

    type: Literal["activity.saved"] = "activity.saved"
    item: ItemShape
    """The activity."""
    mark: Count
    """The number of this change. If a run has saved the activity: the number of the last change that was stored
    together with this one."""


@dataclass(frozen=True, kw_only=True)
class ActivityUnsaved(Message):
    """An activity has been dismissed."""

    type: Literal["activity.unsaved"] = "activity.unsaved"
    item: ItemShape
    """The activity."""
    mark: Count
    """The number of this change."""


@dataclass(frozen=True, kw_only=True)
class SyncProgress(Message):
    """The run's progress, a few times a second at most."""

    type: Literal["sync.progress"] = "sync.progress"
    run: RunShape
    """The run."""


@dataclass(frozen=True, kw_only=True)
class SyncWaiting(Message):
    """The run waits and continues by itself. `reason`: `rate_limit`, `strava_down` or `busy`."""

    type: Literal["sync.waiting"] = "sync.waiting"
    run: RunShape
    """The run."""
    until: Instant | None
    """When the run continues. Null if that is not known."""
    reason: WaitReason
    """Strava's limit is reached, Strava does not answer, or this site is busy with other runs."""


@dataclass(frozen=True, kw_only=True)
class SyncFinished(Message):
    """The run has read all activities in its range."""

    type: Literal["sync.finished"] = "sync.finished"
    run: RunShape
    """The run."""


@dataclass(frozen=True, kw_only=True)
class SyncCancelled(Message):
    """The athlete has stopped the run."""

    type: Literal["sync.cancelled"] = "sync.cancelled"
    run: RunShape
    """The run."""


@dataclass(frozen=True, kw_only=True)
class SyncFailed(Message):
    """The run has failed. `message` says why, and `next_step` what to do."""

    type: Literal["sync.failed"] = "sync.failed"
    run: RunShape
    """The run."""
    code: ErrorCode
    """The reason, from the table of error codes."""
    message: str
    """The reason as a sentence for the athlete."""
    next_step: str
    """What the athlete can do, as a sentence."""


SyncMessage = Annotated[
    SyncHello
    | SyncStarted
    | ActivitiesFound
    | ActivitiesRemoved
    | AccessRevoked
    | ActivitySaved
    | ActivityUnsaved
    | SyncProgress
    | SyncWaiting
    | SyncFinished
    | SyncCancelled
    | SyncFailed
    | Error
    | Pong,
    Field(discriminator="type"),
]
"""Everything that the server sends to an athlete's own socket."""
