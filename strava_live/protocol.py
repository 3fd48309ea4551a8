"""Every message that crosses a socket, and what may be relied on. docs/protocol.md is made from this page.

A frame is JSON text: one message (an object), or several in order (an array of objects). Every message has `type`.
The first on every socket is `hello`. A client sends one object a frame; what is not understood is answered by `error`
and changes nothing, and three in a row close the socket with 4400.

**My own Strava, `/ws/sync/?after=<mark>`.** `mark` counts the changes to an athlete's activities and is raised in the
transaction that keeps a change. Whoever redials with the last `mark` they saw misses nothing; a change may be told
twice, so a client keeps items by `strava_id`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar

VERSION = 1
MOST_REPLAYED = 500
MOST_SHOWN = 200
LARGEST_ID = 2**63 - 1

Json = dict[str, Any]


class Close:
    """Why a socket was closed. After the 44xx a client does not redial; after 4012 within ten seconds."""

    GOING_AWAY = 4012
    NOT_UNDERSTOOD = 4400
    NOT_SIGNED_IN = 4401
    NOT_ALLOWED = 4403
    NOT_THERE = 4404
    TOO_MANY = 4429


# --- What a client may send


class NotUnderstood(ValueError):
    """A frame that is no command; its text is what the client is told."""

    code = "bad_message"


class BadDates(NotUnderstood):
    """Dates that cannot be, or make no window."""

    code = "bad_dates"


@dataclass(frozen=True)
class Ping:
    """Is anybody there? Answered by `pong`."""

    type: ClassVar = "ping"


@dataclass(frozen=True)
class SyncStart:
    """Read my activities at Strava, all of them or those of a window of days in my own time zone."""

    type: ClassVar = "sync.start"
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class SyncCancel:
    """Stop the live run; what it has found stays."""

    type: ClassVar = "sync.cancel"


@dataclass(frozen=True)
class ActivitySave:
    """Save one of my activities."""

    type: ClassVar = "activity.save"
    strava_id: int


@dataclass(frozen=True)
class ActivityUnsave:
    """Take one of my activities back; no sync saves it again."""

    type: ClassVar = "activity.unsave"
    strava_id: int


Command = Ping | SyncStart | SyncCancel | ActivitySave | ActivityUnsave


def parse_command(text: str | None) -> Command:
    """What a client's frame asks for."""
    try:
        data = json.loads(text or "")
    except (ValueError, RecursionError):
        raise NotUnderstood("A message is one JSON object.") from None
    if not isinstance(data, dict):
        raise NotUnderstood("A message is one JSON object.")
    match data.get("type"):
        case Ping.type:
            return Ping()
        case SyncStart.type:
            return SyncStart(since=day(data.get("since")), until=day(data.get("until")))
        case SyncCancel.type:
            return SyncCancel()
        case ActivitySave.type:
            return ActivitySave(identity(data.get("strava_id")))
        case ActivityUnsave.type:
            return ActivityUnsave(identity(data.get("strava_id")))
    raise NotUnderstood("There is no message of this type here.")


def day(value: object) -> date | None:
    """A day, or none; an empty text is what a form sends for none."""
    if value is None or value == "":
        return None
    try:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise BadDates("A day is written as YYYY-MM-DD.") from None


def identity(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST_ID:
        raise NotUnderstood("strava_id is the number that Strava gives an activity.")
    return value


# --- What the server sends


@dataclass(frozen=True, kw_only=True)
class Message:
    """Base of everything the server sends."""

    type: ClassVar[str]

    def wire(self) -> Json:
        return {"type": self.type} | {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, kw_only=True)
class Pong(Message):
    """Somebody is there."""

    type: ClassVar = "pong"


@dataclass(frozen=True, kw_only=True)
class Error(Message):
    """A command that was not understood or cannot be done; nothing has changed."""

    type: ClassVar = "error"
    code: str
    message: str


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


def frame(messages: list[Json]) -> str:
    """One message as an object, several as an array."""
    return json.dumps(messages[0] if len(messages) == 1 else messages, separators=(",", ":"), ensure_ascii=False)


def whole_number(query: Mapping[str, str], name: str) -> int | None:
    """A mark or a number in a socket's address; None for one that is missing or is none."""
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
