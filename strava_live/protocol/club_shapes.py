"""The shapes in the messages of a club's feed: `club`, `entry` with its `data`, `watching`."""

from collections.abc import Mapping
from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from strava_live.protocol.fields import Count, Day, Id, Instant, shape

EntryKind = Literal["parkrun", "milestone", "history", "post", "joined"]


@shape
class ClubShape(TypedDict):
    """A club."""

    # The types have the descriptions, because api_club.MyClubShape inherits the fields: pydantic finds a docstring only
    # in the class that declares the field.
    slug: Annotated[str, Field(description="The club's name in addresses: `/clubs/<slug>/`.")]
    name: Annotated[str, Field(description="The club's name as people read it.")]
    time_zone: Annotated[
        str, Field(description="The club's time zone, such as `Europe/London`. It decides which day is today.")
    ]


@shape
class WatchingShape(TypedDict):
    """How many members and how many screens have the feed open."""

    members: Count
    """Members with at least one open socket."""
    screens: Count
    """Open screens."""
    says: str
    """The counts as a sentence; an empty text if there are none."""


@shape
class AthleteShape(TypedDict):
    """The person whom an entry is about, or who wrote it."""

    id: NotRequired[Id]
    """The person's id: their page is `/athletes/<id>/`. Absent on screens."""
    name: str
    """The name that this person shows to the club: in full, or the first name and an initial."""


@shape
class ParkrunData(TypedDict):
    """`data` of a `parkrun` entry."""

    event: str
    """The event's short name on parkrun.org.uk and its sister sites, such as `bushy`."""
    event_name: str
    """The event's name, such as `Bushy parkrun`."""
    date: Day
    """The date of the parkrun, in the event's time zone."""
    junior: bool
    """True for a junior parkrun (2 km), whose numbers and bests are counted separately."""
    time_s: Count | None
    """The official time in seconds if it is known, else the elapsed time of the activity. Null if neither is known."""
    count: Count | None
    """Which of the athlete's parkruns it was: 50 for the 50th. Null until their whole history has been imported."""
    first_here: bool | None
    """Whether it was the athlete's first parkrun at this event. Null until their whole history has been imported."""
    best: Literal["event", "ever"] | None
    """`ever` for a personal best, `event` for the athlete's best at this event. Null for any other time, and until
    their whole history has been imported."""
    url: NotRequired[str | None]
    """The activity at Strava. Null if there is no activity, and for an athlete who hides their name. Absent on
    screens."""
    device: NotRequired[str | None]
    """The Garmin device that recorded the activity, such as `Garmin Forerunner 255`. Garmin requires that you show it.

    `Garmin` alone for an athlete who hides their name. Null for a device of another make, or without an activity.
    """


@shape
class MilestoneData(TypedDict):
    """`data` of a `milestone` entry: a round number of parkruns, such as 50 or 100."""

    event: str
    """The event's short name, such as `bushy`."""
    event_name: str
    """The event's name, such as `Bushy parkrun`."""
    date: Day
    """The date of the parkrun that was the milestone."""
    junior: bool
    """True if junior parkruns are counted."""
    count: Count
    """The number of parkruns."""


@shape
class HistoryData(TypedDict):
    """`data` of a `history` entry: the athlete's parkruns that have no entry of their own, as one number."""

    count: Count
    """How many parkruns."""
    since: int
    """The year of the first of them."""
    junior: bool
    """True if these are junior parkruns."""


@shape
class MentionShape(TypedDict):
    """A member whom a post mentions."""

    id: Id
    """The member's id: their page is `/athletes/<id>/`."""
    name: str
    """The name that follows `@` in the text of the post, as the club sees it now."""


@shape
class PostData(TypedDict):
    """`data` of a `post` entry."""

    ref: NotRequired[str]
    """The `ref` of the author's `post.create`; an empty text if it had none."""
    mentions: NotRequired[list[MentionShape]]
    """The members whom the post mentions, in the order of the text. Absent if there are none, and on screens.

    A member who hides their name or has left is not among them. The text then has `@a member`.
    """


@shape
class JoinedData(TypedDict):
    """`data` of a `joined` entry: empty."""


EntryData = ParkrunData | MilestoneData | HistoryData | PostData | JoinedData
DATA_OF_KIND: Mapping[EntryKind, type[EntryData]] = {
    "parkrun": ParkrunData,
    "milestone": MilestoneData,
    "history": HistoryData,
    "post": PostData,
    "joined": JoinedData,
}


@shape
class MarkShape(TypedDict):
    """A number or an achievement of a parkrun in words. Not the `mark` of `/ws/sync/`, which counts changes."""

    words: str
    """The words, such as `50th parkrun`."""
    celebrate: bool
    """Whether to show it as a celebration."""


@shape
class EntryShape(TypedDict):
    """One item of a club's feed. Its `kind` says what its `data` holds."""

    id: Id
    """Identifies the entry, for ever. Entries with the same `at` are in the order of their ids."""
    seq: Count
    """The number of the entry's last change: the club counts every addition, change and removal."""
    kind: EntryKind
    """What the entry is: a parkrun, a milestone, earlier parkruns in one number, a post, or a new member."""
    at: Instant
    """When the entry was added. The feed is in this order."""
    athlete: AthleteShape | None
    """The person whom the entry is about, or who wrote it. Null if they hide their name."""
    text: str
    """The entry as one sentence, or the text of a post. An empty text for a post that a captain has hidden."""
    data: EntryData
    """What the entry says, in parts. The fields depend on `kind`."""
    cheers: Count
    """How many members have cheered."""
    reply_to: NotRequired[Id]
    """The id of the entry that this post replies to. That entry is older and is not a reply. When it is removed, so are
    its replies, each with a number of its own. Absent if the entry is not a reply."""
    edited_at: NotRequired[Instant]
    """When the author changed the text of the post. Absent if it is as it was written."""
    hidden: NotRequired[Literal[True]]
    """True for a post that a captain has hidden: its `text` is empty. Absent for any other entry."""
    fold: NotRequired[Id]
    """The id of the entry below which pages fold this parkrun away, because more than ten of one event arrived within
    half an hour: that of the tenth. Absent for most entries. Screens show each entry and ignore it."""
    cheered: NotRequired[bool]
    """Whether you have cheered. Absent in live messages: keep the value that you have. Absent on screens."""
    title: NotRequired[str]
    """The heading of the entry's card. Without it, `data.event_name` is the heading, if any. Absent on screens."""
    says: NotRequired[str]
    """What the card says after the athlete's name. Absent if it says nothing there, and on screens."""
    marks: NotRequired[list[MarkShape]]
    """The number and the achievements of a parkrun, such as "50th parkrun" and "PB". Absent if there are none.

    On screens, the number is left out if the entry has `milestone`, because the wall then shows it large.
    """
    folded: NotRequired[str]
    """The words of a `history` entry if you show it inside the card of the athlete's parkrun. Absent on screens."""
    place: NotRequired[str]
    """On screens only: the event's name without `parkrun`."""
    note: NotRequired[MarkShape]
    """On screens only: the most important of the marks, for the parkrun's row. Absent if there are none."""
    milestone: NotRequired[str]
    """On screens only: the words to show beside `data.count`, such as `parkruns`. Absent if the count is not a
    milestone."""


@shape
class RemovedEntryShape(TypedDict):
    """What `hello` says of an entry that was removed since the `seq` with which the client reconnects."""

    id: Id
    """The id of the entry that was removed."""
    seq: Count
    """The number of its removal."""
    removed: Literal[True]
    """Always true."""


HelloEntry = EntryShape | RemovedEntryShape


@shape
class FiguresShape(TypedDict):
    """What a wall screen fetches from `/clubs/<slug>/screen/<key>/figures/`.

    The page of the wall contains the same fields when it is loaded, except `scenes` and `tally`.
    """

    page: str
    """A version of what is fixed in the page: scripts, styles, the club's name. Reload the page if it changes."""
    server_time: Instant
    """The time at the server."""
    epoch: str
    """The name of the sequence of numbers that `seq` belongs to."""
    seq: Count
    """The number of the club's last change that the figures certainly include."""
    entries: list[EntryShape]
    """The parkruns and milestones added in the last nine days, newest first, as screens get them, at most 400."""
    scenes: NotRequired[str]
    """The wall's slides (totals, streaks, milestones), shown one after another, as HTML. Absent in the page itself."""
    tally: NotRequired[str]
    """How many parkruns were done today, as HTML. If there were none, how many this week, this month and this year.

    Absent in the page itself.
    """
