"""Messages of a club's feed, for members and for wall screens.

A member opens `/ws/clubs/<slug>/` with the cookie `sessionid`. A screen opens `/ws/screens/<key>/`, and its key is its
only permission. To reconnect, add `?after=<epoch>:<seq>`.

An *entry* is one item of the feed, such as a parkrun or a post. Its *card* is what the feed page shows of it. A *seq*
is a number that counts the changes of one club's feed: each addition, change and removal of an entry gets the next
number, without a gap. An entry carries the `seq` of its last change. Live messages carry every number once and in
order, except across a `feed.reset`, which stands for all numbers up to its own.

An *epoch* is the name of one sequence of these numbers. The site's operator begins a new epoch after restoring a
backup. The numbers above the backup's last one are then given a second time, to other changes.

Your *position* is the epoch and the `seq` of the last change that you received. It is what `hello` says, and moves with
every `entry.added`, `entry.changed` and `entry.removed`. If you reconnect with your position, you miss nothing and
receive nothing twice.

- With `after`, `hello` has every entry that has changed since, in its current state and in order of `seq`. An entry
  that changed several times comes once, under its last number, so numbers may be missing. Removed entries come as
  `{"id", "seq", "removed": true}`.
- Without `after`, `hello` has the newest 50 entries, oldest first. `at` and `id` fix an entry's place in the list. No
  later change moves the entry.
- `hello` and `entry.changed` may have an entry that you lack because it is older than your list. Compare its `at` with
  that of the oldest entry that you have. If the two are equal, compare the `id`s. Ignore the entry if it is older.
- Older entries: `GET /clubs/<slug>/entries/?before=<at>,<id>`, with the cookie `sessionid` and the `at` and `id` of the
  oldest entry that you have. The answer is `{"entries": […], "replies": […], "older": "<at>,<id>"}`: at most 50 entries
  that are no replies, newest first; all replies to these, oldest first; and the `before` of the next page, or an empty
  text if there are no older ones. Each entry also has `cheered`, and `mine`, which is true if you wrote the entry or it
  is about you.
- A reply is an entry of its own, with `reply_to`, and is newer than the entry that it replies to. So a list that
  reaches down to an entry has all replies to it. Keep a reply whose entry is older than your list, and show it once you
  have read the entry.
- If more than 500 entries have changed, or `after` is invalid or ahead of the club, `hello` has the newest 50 with
  `complete` false. The client drops the entries it has and starts over with these.
- An `after` of an earlier epoch gets the newest 50 with `complete` false, too. After `manage.py restored`, open
  sockets get `feed.reset` and are closed with 4012. A bare `after=<seq>` is read as a number of the current epoch.
- `cheered` comes in `hello` and with pages of older entries. Live messages leave it out, and the client keeps the value
  it has.
- A `hello` is always one frame, of up to 3 MiB (500 posts of 1,000 characters). Many client libraries refuse that
  unless their limit is raised.
- An entry carries the words of its card or, on screens, of the wall, so that clients need not build sentences. Of an
  entry's fields, only `athlete`, `text` and `data.mentions` name a person.
- A screen's socket gets entries of every kind, including posts and their texts. The page of the wall shows only
  parkruns and milestones of these, and beside them totals, streaks with names, and an invitation if a captain has
  allowed it. So anyone who has a screen's key can read the whole feed. Screens get neither `athlete.id` nor `data.url`,
  and may send nothing but `ping`.
"""

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

MOST_CHOSEN = 100
"""The most ids of members in the field `mentions` of a post."""
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


EntryId = Annotated[Id, Refusal("id must be the id of an entry.")]
PostText = Annotated[str, Refusal("text must be a text.")]
Mentions = Annotated[
    list[Id],
    Field(max_length=MOST_CHOSEN),
    Refusal(f"mentions must be a list of at most {MOST_CHOSEN} ids of members."),
]


class PostCreate(Command):
    """Post to the club's feed.

    The post arrives as `entry.added` with this `ref` in its `data`. If you send the command again with the same `ref`,
    it makes no second entry and gets no answer. You may post 60 times at once, then once every 5 seconds. Beyond that,
    the answer is the error `too_many_requests`.
    """

    type: Literal["post.create"] = "post.create"
    text: PostText
    """The text, of at most 1,000 characters. Line breaks are kept.

    `@` and the name of a member, as the club shows it, mentions the member. Upper and lower case do not matter.
    """
    reply_to: Annotated[Id | None, Refusal("reply_to must be the id of an entry.")] = None
    """The id of the entry that the post replies to. Replies have one level: a reply to a reply goes to the entry above.
    """
    mentions: Mentions = []
    """The ids of members whose names are in the text, in the order of the text. Needed only if two members have the
    same name: without it, this name mentions neither."""


class PostEdit(Command):
    """Change the text of your post, within 15 minutes. The post arrives as `entry.changed` with `edited_at`."""

    type: Literal["post.edit"] = "post.edit"
    id: EntryId
    """The post's id."""
    text: PostText
    """The new text, as in `post.create`."""
    mentions: Mentions = []
    """As in `post.create`. Members whom the post mentions already need not be named again."""


class CheerGive(Command):
    """Cheer for an entry."""

    type: Literal["cheer"] = "cheer"
    id: EntryId
    """The entry's id."""


class CheerTake(Command):
    """Withdraw your cheer."""

    type: Literal["uncheer"] = "uncheer"
    id: EntryId
    """The entry's id."""


ClubCommand = PostCreate | PostEdit | CheerGive | CheerTake
CLUB_COMMANDS = by_type(PostCreate, PostEdit, CheerGive, CheerTake)
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
    """The name of the sequence of numbers that `seq` belongs to. Store it with `seq`."""
    seq: Count
    """The number of the club's last change that this message includes: your position now."""
    entries: list[HelloEntry]
    """The entries: without `after` oldest first, with it in the order of their `seq`."""
    complete: bool
    """False if `after` could not be followed: drop the entries that you have.

    It does not say whether the feed has older entries. On `/ws/sync/`, `complete` means something else.
    """
    watching: WatchingShape
    """The numbers of members and screens that have the feed open."""


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
    """The entry, without `cheered`. If you do not have it, it is older than your list: ignore it."""


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
    """There are too many changes to send each, or a backup was restored: close the socket, and open it without `after`.

    The server closes the socket itself only if a backup was restored.
    """

    type: Literal["feed.reset"] = "feed.reset"
    seq: Count
    """The number of the club's last change."""


@dataclass(frozen=True, kw_only=True)
class CheerMine(Message):
    """Whether you cheer for this entry now. Sent to all your sockets in this club."""

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
    """To screens only: the figures have changed, although no entry has.

    Fetch them again from `/clubs/<slug>/screen/<key>/figures/`.
    """

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
