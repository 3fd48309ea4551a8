"""Messages of a club's feed: /ws/clubs/<slug>/ for members, /ws/screens/<key>/ for wall screens."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from strava_live.protocol.club_shapes import ClubShape, EntryShape, HelloEntry, WatchingShape
from strava_live.protocol.envelope import (
    INVALID_NUMBER,
    Command,
    Error,
    Message,
    Pong,
    Refusal,
    by_type,
    parse_after,
)
from strava_live.protocol.fields import Count, Id, Instant

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


class PostCreate(Command):
    """Post to the club's feed. Sending it again with the same `ref` makes no second entry."""

    type: Literal["post.create"] = "post.create"
    text: Annotated[str, Refusal("text must be a text.")]
    """The text, of at most 1,000 characters. Line breaks are kept."""


EntryId = Annotated[Id, Refusal("id must be the id of an entry.")]


class CheerGive(Command):
    """Cheer for an entry."""

    type: Literal["cheer"] = "cheer"
    id: EntryId
    """The entry's id."""


class CheerTake(Command):
    """Withdraw my cheer."""

    type: Literal["uncheer"] = "uncheer"
    id: EntryId
    """The entry's id."""


ClubCommand = PostCreate | CheerGive | CheerTake
CLUB_COMMANDS = by_type(PostCreate, CheerGive, CheerTake)
SCREEN_COMMANDS = by_type()

# --- From the server


@dataclass(frozen=True, kw_only=True)
class FeedHello(Message):
    """The club and its newest entries, oldest first; with `after`, every entry that has changed since."""

    type: Literal["hello"] = "hello"
    protocol: int
    """The version of this protocol: 1."""
    server_time: Instant
    """The time at the server."""
    club: ClubShape
    """The club."""
    epoch: str
    """The name of the history that `seq` counts. Store it with `seq`."""
    seq: Count
    """The number of the club's last change that this message includes: your position now."""
    entries: list[HelloEntry]
    """The entries: without `after` oldest first, with it in the order of their `seq`."""
    complete: bool
    """False if you must drop the entries that you have, because `after` could not be followed."""
    watching: WatchingShape
    """How many have the feed open."""


@dataclass(frozen=True, kw_only=True)
class EntryAdded(Message):
    """An entry has been added."""

    type: Literal["entry.added"] = "entry.added"
    entry: EntryShape
    """The entry, without `cheered`."""


@dataclass(frozen=True, kw_only=True)
class EntryChanged(Message):
    """An entry has changed. This is its current state, without `cheered`."""

    type: Literal["entry.changed"] = "entry.changed"
    entry: EntryShape
    """The entry, without `cheered`. If you do not have it, add it."""


@dataclass(frozen=True, kw_only=True)
class EntryRemoved(Message):
    """An entry has been removed permanently."""

    type: Literal["entry.removed"] = "entry.removed"
    seq: Count
    """The number of the removal."""
    id: Id
    """The entry's id."""


@dataclass(frozen=True, kw_only=True)
class FeedReset(Message):
    """Too many changes to send each, or a backup was restored: reconnect without `after`."""

    type: Literal["feed.reset"] = "feed.reset"
    seq: Count
    """The number of the club's last change."""


@dataclass(frozen=True, kw_only=True)
class CheerMine(Message):
    """Whether I cheer for this entry now. Sent to all sockets that I have in this club."""

    type: Literal["cheer.mine"] = "cheer.mine"
    id: Id
    """The entry's id."""
    cheered: bool
    """Whether you cheer for it now."""


@dataclass(frozen=True, kw_only=True)
class Watching(Message):
    """How many members and how many screens have this feed open."""

    type: Literal["watching"] = "watching"
    members: Count
    """Members with at least one open socket."""
    screens: Count
    """Open screens."""
    says: str
    """The counts as a sentence; an empty text if there are none."""


@dataclass(frozen=True, kw_only=True)
class FiguresChanged(Message):
    """To screens only: fetch the figures, the join code and the club's name again. No entry has changed."""

    type: Literal["figures.changed"] = "figures.changed"


FeedMessage = Annotated[
    FeedHello
    | EntryAdded
    | EntryChanged
    | EntryRemoved
    | FeedReset
    | CheerMine
    | Watching
    | FiguresChanged
    | Error
    | Pong,
    Field(discriminator="type"),
]
"""Everything that the server sends to a member's socket or a screen."""
