"""The REST API's shapes and bodies of clubs, entries and posts."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from strava_live.protocol.api_common import ApiBody
from strava_live.protocol.club_shapes import ClubShape, HelloEntry
from strava_live.protocol.envelope import Ref
from strava_live.protocol.fields import Count, shape

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
    """The text, of at most 1,000 characters. Line breaks are kept."""
    ref: Ref = ""
    """An id that you choose, of at most 64 printable characters. A second post of yours with the same `ref` makes no
    second entry: the answer is the first one."""
