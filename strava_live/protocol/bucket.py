"""Messages about sending a person's activities to their Bucket.

Open `/ws/bucket/` with the session cookie of a person who has connected their Bucket, a data store outside this site. A
*sending* brings the Bucket up to date with the person's saved activities. All sockets of a person show the same
sending. It continues when the last of them closes.

There is nothing to catch up on after a reconnection: `hello` and every message carry the sending as it is now.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from strava_live.protocol.envelope import Command, Error, Message, Pong, by_type
from strava_live.protocol.fields import Count, Id, Instant, shape
from strava_live.protocol.sync_shapes import FailureShape, RunState

SendingReason = Literal["asked", "following"]
SendingWaitReason = Literal["rate_limit", "bucket_down", "busy"]


@shape
class SendingWaitShape(TypedDict):
    """Why a sending waits."""

    until: Instant | None
    """When the sending continues, by itself. Null if that is not known."""
    reason: SendingWaitReason
    """Bucket's limit is reached, Bucket does not answer, or this site is busy with other sendings."""


@shape
class SendingShape(TypedDict):
    """One sending, from its start to its end."""

    id: Id
    """Identifies the sending. A person's later sendings have greater ids."""
    state: RunState
    """`running` and `waiting` sendings are live; the others have ended."""
    reason: SendingReason
    """`asked`: the person has started it. `following`: it has started by itself, because activities have changed."""
    total: Count
    """How many activities have changed since the last sending, as far as is known."""
    sent: Count
    """How many activities Bucket has stored in this sending."""
    unchanged: Count
    """How many activities Bucket already had, with the same values."""
    deleted: Count
    """How many activities were deleted at Bucket."""
    checked: Count
    """How many rows Bucket should have, by the last count there after sending."""
    missing: Count
    """How many activities lack rows at Bucket, although it has answered that it stored them."""
    started_at: Instant
    """When the sending was started."""
    ended_at: Instant | None
    """When the sending ended. Null while it is live."""
    waiting: SendingWaitShape | None
    """Why the sending waits. Null in any other state."""
    failure: FailureShape | None
    """Why the sending failed. Null in any other state."""
    says: str
    """The state as a sentence."""
    progress: str
    """How far the sending has got, in words."""


class SendingStart(Command):
    """Send what has changed since the last sending."""

    type: Literal["sending.start"] = "sending.start"


class SendingCancel(Command):
    """Stop the live sending. What Bucket has stored stays there."""

    type: Literal["sending.cancel"] = "sending.cancel"


BucketCommand = SendingStart | SendingCancel
BUCKET_COMMANDS = by_type(SendingStart, SendingCancel)


@dataclass(frozen=True, kw_only=True)
class BucketHello(Message):
    """The live or the last sending."""

    type: Literal["hello"] = "hello"
    protocol: int
    """The version of this protocol: 1."""
    server_time: Instant
    """The time at the server."""
    sending: SendingShape | None
    """The last sending, live or ended. Null if there was none yet, or if Bucket is not connected."""


@dataclass(frozen=True, kw_only=True)
class SendingProgress(Message):
    """A sending has started, or has got further."""

    type: Literal["sending.progress"] = "sending.progress"
    sending: SendingShape
    """The sending."""


@dataclass(frozen=True, kw_only=True)
class SendingWaiting(Message):
    """A sending waits. It continues by itself."""

    type: Literal["sending.waiting"] = "sending.waiting"
    sending: SendingShape
    """The sending."""


@dataclass(frozen=True, kw_only=True)
class SendingFinished(Message):
    """A sending has sent everything, and the rows at Bucket were counted."""

    type: Literal["sending.finished"] = "sending.finished"
    sending: SendingShape
    """The sending."""


@dataclass(frozen=True, kw_only=True)
class SendingCancelled(Message):
    """A sending was stopped."""

    type: Literal["sending.cancelled"] = "sending.cancelled"
    sending: SendingShape
    """The sending."""


@dataclass(frozen=True, kw_only=True)
class SendingFailed(Message):
    """A sending has failed. Its `failure` says why."""

    type: Literal["sending.failed"] = "sending.failed"
    sending: SendingShape
    """The sending."""


@dataclass(frozen=True, kw_only=True)
class BucketDisconnected(Message):
    """The person has disconnected Bucket. There is no sending any more."""

    type: Literal["bucket.disconnected"] = "bucket.disconnected"


BucketMessage = Annotated[
    BucketHello
    | SendingProgress
    | SendingWaiting
    | SendingFinished
    | SendingCancelled
    | SendingFailed
    | BucketDisconnected
    | Error
    | Pong,
    Field(discriminator="type"),
]
"""Everything that the server sends to the socket of a person's Bucket."""
