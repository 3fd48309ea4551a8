"""Messages of a club's feed: /ws/clubs/<slug>/ for members, /ws/screens/<key>/ for wall screens."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from strava_live.protocol.envelope import (
    INVALID_NUMBER,
    Command,
    CommandParsers,
    InvalidMessage,
    Json,
    Message,
    parse_after,
    parse_id,
)

AN_ENTRY = "id must be the id of an entry."
EPOCH = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Position(NamedTuple):
    """A client's position in a club's feed."""

    seq: int
    """INVALID_NUMBER if the client sent an invalid position."""
    epoch: str = ""
    """The epoch of `seq`; "" for a bare number, which belongs to the current epoch."""

    def is_of(self, epoch: str) -> bool:
        return self.epoch in ("", epoch)

    def __str__(self) -> str:
        return f"{self.epoch}:{self.seq}" if self.epoch else str(self.seq)


def parse_position(query: Mapping[str, str]) -> Position | None:
    """Read `after` from a query string: `<epoch>:<seq>` or a bare `<seq>`. Return None if it is missing."""
    if "after" not in query:
        return None
    epoch, colon, number = query["after"].rpartition(":")
    if bool(colon) != bool(EPOCH.fullmatch(epoch)):
        return Position(INVALID_NUMBER)
    seq = parse_after({"after": number})
    return Position(INVALID_NUMBER if seq is None else seq, epoch)


# --- From the client


@dataclass(frozen=True)
class PostCreate(Command):
    """Post to the club's feed. Sending it again with the same `ref` makes no second entry."""

    type: ClassVar = "post.create"
    text: str


@dataclass(frozen=True)
class CheerGive(Command):
    """Cheer for an entry."""

    type: ClassVar = "cheer"
    id: int


@dataclass(frozen=True)
class CheerTake(Command):
    """Withdraw my cheer."""

    type: ClassVar = "uncheer"
    id: int


def post_create(data: Json) -> PostCreate:
    text = data.get("text")
    if not isinstance(text, str):
        raise InvalidMessage("text must be a text.")
    return PostCreate(text=text)


CLUB_COMMANDS: CommandParsers = {
    PostCreate.type: post_create,
    CheerGive.type: lambda data: CheerGive(parse_id(data.get("id"), AN_ENTRY)),
    CheerTake.type: lambda data: CheerTake(parse_id(data.get("id"), AN_ENTRY)),
}
SCREEN_COMMANDS: CommandParsers = {}

# --- From the server


@dataclass(frozen=True, kw_only=True)
class FeedHello(Message):
    """The club and its newest entries, oldest first; with `after`, every entry that has changed since."""

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
    """An entry has been added."""

    type: ClassVar = "entry.added"
    entry: Json


@dataclass(frozen=True, kw_only=True)
class EntryChanged(Message):
    """An entry has changed. This is its current state, without `cheered`."""

    type: ClassVar = "entry.changed"
    entry: Json


@dataclass(frozen=True, kw_only=True)
class EntryRemoved(Message):
    """An entry has been removed permanently."""

    type: ClassVar = "entry.removed"
    seq: int
    id: int


@dataclass(frozen=True, kw_only=True)
class FeedReset(Message):
    """Too many changes to send each, or a backup was restored: reconnect without `after`."""

    type: ClassVar = "feed.reset"
    seq: int


@dataclass(frozen=True, kw_only=True)
class CheerMine(Message):
    """Whether I cheer for this entry now. Sent to all sockets that I have in this club."""

    type: ClassVar = "cheer.mine"
    id: int
    cheered: bool


@dataclass(frozen=True, kw_only=True)
class Watching(Message):
    """How many members and how many screens have this feed open."""

    type: ClassVar = "watching"
    members: int
    screens: int
    says: str
    """The counts as a sentence; "" if there are none."""


@dataclass(frozen=True, kw_only=True)
class FiguresChanged(Message):
    """To screens only: fetch the figures, the join code and the club's name again. No entry has changed."""

    type: ClassVar = "figures.changed"
