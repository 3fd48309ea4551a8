"""The REST API's shapes and bodies of clubs, entries and posts."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from strava_live.protocol.api_common import ApiBody
from strava_live.protocol.club import MOST_CHOSEN
from strava_live.protocol.club_shapes import ClubShape, HelloEntry
from strava_live.protocol.envelope import Ref
from strava_live.protocol.fields import Count, Id, shape

PickedMembers = Annotated[list[Id], Field(max_length=MOST_CHOSEN)]
RoleWord = Literal["captain", "member"]
ShownAsWord = Literal["full", "short", "hidden"]


@shape
class MyClubShape(ClubShape):
    """A club that you are a member of, and what it sees of you."""

    role: RoleWord
    """Whether you manage the club, or are one of its other members."""
    shares_parkruns: bool
    """Whether the club sees your parkruns."""
    shown_as: ShownAsWord
    """How the club names you: in full, by your first name and an initial, or as "a member"."""
    epoch: str
    """The name of the sequence of numbers that `seq` belongs to."""
    seq: Count
    """The number of the last change of the club's feed."""
    entries: Count
    """How many entries the club's feed has."""


@shape
class ClubsPage(TypedDict):
    """A page of your clubs. The club that you joined last comes first."""

    items: list[MyClubShape]
    """The clubs."""
    next: str | None
    """The address of the page of clubs that you joined earlier. Null if there are none."""
    previous: str | None
    """The address of the page of clubs that you joined later. Null if there are none."""


@shape
class EntriesPage(TypedDict):
    """A page of a club's entries."""

    items: list[HelloEntry]
    """The entries, newest first. With `after`: the entries that have changed, lowest `seq` first, with removed ones as
    `{"id", "seq", "removed": true}`."""
    next: str | None
    """The address of the page of older entries. Null if there are none, and with `after`."""
    previous: str | None
    """The address of the page of newer entries. Null if there are none, and with `after`."""
    epoch: str
    """The name of the sequence of numbers that `seq` belongs to."""
    seq: Count
    """The number of the club's last change that the items certainly include. `<epoch>:<seq>` is your position: send it
    as `after` to read what has changed since."""
    complete: bool
    """False if `after` could not be followed. The items are then the newest entries, newest first: drop the entries
    that you have."""


class PostBody(ApiBody):
    """A post for a club's feed."""

    text: Annotated[str, Field(examples=["Coffee at the pavilion?"])]
    """The text, of at most 1,000 characters. Line breaks are kept.

    `@` and the name of a member, as the club shows it, mentions the member. Upper and lower case do not matter."""
    ref: Ref = ""
    """An id that you choose, of at most 64 printable characters. A second post of yours with the same `ref` makes no
    second entry: the answer is the first one."""
    reply_to: Id | None = None
    """The id of the entry that the post replies to. A reply to a reply goes to the entry above."""
    mentions: PickedMembers = []
    """The ids of members whose names are in the text, in the order of the text. Needed only if two members have the
    same name: without it, this name mentions neither."""


class EditedPostBody(ApiBody):
    """A new text for a post of yours."""

    text: Annotated[str, Field(examples=["Coffee at the pavilion, at ten?"])]
    """The new text, as for a new post."""
    mentions: PickedMembers = []
    """As for a new post. Members whom the post mentions already need not be named again."""


class ReportBody(ApiBody):
    """A report of a post."""

    reason: Annotated[str, Field(examples=["This is rude."])] = ""
    """What is wrong with the post, in at most 500 characters. Captains read it without your name."""
