"""A club, live: /ws/clubs/<slug>/ for its members, /ws/screens/<key>/ for its walls."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from strava_live.protocol.envelope import (
    NO_NUMBER,
    Command,
    InvalidMessage,
    Json,
    Message,
    Readers,
    identity,
    standing_at,
)

AN_ENTRY = "id must be the id of an entry."
EPOCH = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Position(NamedTuple):
    """Where a client stands in a club's feed."""

    seq: int
    """NO_NUMBER for an `after` that cannot be read."""
    epoch: str = ""
    """The history that `seq` counts; "" for a bare number, which is one of the present epoch."""

    def is_of(self, epoch: str) -> bool:
        return self.epoch in ("", epoch)

    def __str__(self) -> str:
        return f"{self.epoch}:{self.seq}" if self.epoch else str(self.seq)


def position_at(query: Mapping[str, str]) -> Position | None:
    """The `after` of a club socket's address, `<epoch>:<seq>` or a bare `<seq>`. None where there is none."""
    if "after" not in query:
        return None
    epoch, colon, number = query["after"].rpartition(":")
    if bool(colon) != bool(EPOCH.fullmatch(epoch)):
        return Position(NO_NUMBER)
    seq = standing_at({"after": number})
    return Position(NO_NUMBER if seq is None else seq, epoch)


# --- What a client may send


@dataclass(frozen=True)
class PostCreate(Command):
    """Write to the club. The same `ref` by the same author makes one entry, however often it is sent."""

    type: ClassVar = "post.create"
    text: str


@dataclass(frozen=True)
class CheerGive(Command):
    """Cheer for an entry."""

    type: ClassVar = "cheer"
    id: int


@dataclass(frozen=True)
class CheerTake(Command):
    """Take my cheer back."""

    type: ClassVar = "uncheer"
    id: int


def post_create(data: Json) -> PostCreate:
    text = data.get("text")
    if not isinstance(text, str):
        raise InvalidMessage("text must be a text.")
    return PostCreate(text=text)


CLUB_COMMANDS: Readers = {
    PostCreate.type: post_create,
    CheerGive.type: lambda data: CheerGive(identity(data.get("id"), AN_ENTRY)),
    CheerTake.type: lambda data: CheerTake(identity(data.get("id"), AN_ENTRY)),
}
SCREEN_COMMANDS: Readers = {}

# --- What the server sends


@dataclass(frozen=True, kw_only=True)
class FeedHello(Message):
    """Where the club stands: its newest entries, oldest first, or with `after` every entry changed since."""

    type: ClassVar = "hello"
    protocol: int
    server_time: str
    club: Json
    epoch: str
    seq: int
    entries: list[Json]
    complete: bool
    watching: Json


@dataclass(frozen=True, kw_only=True)
class EntryAdded(Message):
    """Something new."""

    type: ClassVar = "entry.added"
    entry: Json


@dataclass(frozen=True, kw_only=True)
class EntryChanged(Message):
    """An entry in its present state; whether I cheered for it stays as it was."""

    type: ClassVar = "entry.changed"
    entry: Json


@dataclass(frozen=True, kw_only=True)
class EntryRemoved(Message):
    """An entry is gone for good."""

    type: ClassVar = "entry.removed"
    seq: int
    id: int


@dataclass(frozen=True, kw_only=True)
class FeedReset(Message):
    """Too much has changed to be told one by one, or a backup was restored: redial without `after`."""

    type: ClassVar = "feed.reset"
    seq: int


@dataclass(frozen=True, kw_only=True)
class CheerMine(Message):
    """Whether I cheer for this entry now; to all my own sockets."""

    type: ClassVar = "cheer.mine"
    id: int
    cheered: bool


@dataclass(frozen=True, kw_only=True)
class Watching(Message):
    """How many members and how many screens are watching."""

    type: ClassVar = "watching"
    members: int
    screens: int


@dataclass(frozen=True, kw_only=True)
class FiguresChanged(Message):
    """To walls alone: what they count, how to join, or what the club is called may be another, and no entry with it."""

    type: ClassVar = "figures.changed"
