"""The cards of a club's feed as the server renders them. static/js/feed/card_values.js prepares those that arrive live.

The server and the script make a card from the protocol's `entry`, which has only what every member may see.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.safestring import SafeString

from strava_live.feed.wording import without_parkrun
from strava_live.formats import format_duration, quantity
from strava_live.protocol import Json
from strava_live.web.folding import floods_of, hosts_of, replies_folded, threads_of
from strava_live.web.post_links import with_links
from strava_live.web.script_words import CHEERS, EARLIER_REPLIES, EDITED, FLOOD
from strava_live.web.words import A_MEMBER, day_words

NUMBERED = ("milestone", "history")
"""Kinds of entries whose card shows a large number."""


@dataclass(frozen=True)
class EarlierLine:
    """A line in a parkrun's card that shows a history entry: "added 76 earlier parkruns, back to 2025".

    It has the entry's id, so that links to the entry lead to the line.
    """

    id: int
    words: str


@dataclass(frozen=True)
class FeedCard:
    """The texts and facts of a card, which shows an entry, the entries that are folded into it, and the replies to
    these.

    A reply is a card, too. A missing text is "".
    """

    id: int
    kind: str
    at: datetime
    at_text: str
    athlete_id: int | None
    name: str
    says: str
    """What follows the athlete's name: "has joined. Welcome!"."""
    title: str
    """The heading: the event of a parkrun, or the count of a milestone."""
    bib: str
    """The large number of a milestone or history."""
    milestone_id: int | None
    """The milestone entry that is folded into this parkrun's card."""
    earlier: tuple[EarlierLine, ...]
    """The history entries that are folded into this parkrun's card."""
    day: str
    """The day of the parkrun; "" if the entry was added on that day."""
    time: str
    """The athlete's time: "24:31"."""
    device: str
    marks: list[Json]
    """The badges. Each has `words`, and `celebrate`: whether to highlight them."""
    text: SafeString
    edited: str
    """The word that says that the author has changed the post."""
    is_hidden: bool
    """Whether a captain has hidden the post."""
    url: str
    cheers: int
    cheered_id: int | None
    """An entry of this card that the reader has cheered for, if any."""
    also: str
    """The query string that adds the folded entries to the address of the page of people who cheered."""
    mine: bool
    day_heading: str
    """The heading above the first card of a day; "" on the other cards."""
    earlier_replies: tuple["FeedCard", ...] = ()
    """The replies that are folded away at first, oldest first."""
    replies: tuple["FeedCard", ...] = ()
    """The newest replies, which follow `earlier_replies`, oldest first."""

    @property
    def earlier_replies_words(self) -> str:
        return EARLIER_REPLIES.of(len(self.earlier_replies)) if self.earlier_replies else ""

    @property
    def classes(self) -> str:
        return f"entry-{self.kind or 'blank'}{' entry-milestone' if self.milestone_id else ''}"

    @property
    def initial(self) -> str:
        return self.name[:1] if self.athlete_id else ""

    @property
    def cheers_words(self) -> str:
        return CHEERS.of(self.cheers) if self.cheers else ""


@dataclass(frozen=True)
class FloodRow:
    """The row of parkruns that are folded away because many of one event arrived together."""

    fold: int
    at_text: str
    """When the oldest of them was added, in the protocol's format."""
    oldest: str
    """The time and the id of the oldest of them."""
    words: str
    """What the row says: "14 more at Brandon Hill"."""
    cards: tuple[FeedCard, ...]
    day_heading: str


def feed_cards(entries: list[Json], *, now: datetime) -> list[FeedCard | FloodRow]:
    """Return the cards and rows of `entries`, newest first, with a heading above the first of each day.

    `entries` are newest first. The replies among them may be in any place.
    """
    listed = [entry for entry in entries if not entry.get("reply_to")]
    hosts, threads, today = hosts_of(listed), threads_of(entries), timezone.localdate(now)
    floods = floods_of(listed)
    folded: dict[int, list[Json]] = {}
    for entry in listed:
        if host := hosts.get(entry["id"]):
            folded.setdefault(host, []).append(entry)
    found: list[FeedCard | FloodRow] = []
    before = None
    for entry in listed:
        flood = floods.get(entry.get("fold", 0), [entry])
        if entry["id"] in hosts or entry is not flood[-1]:
            continue
        day = local_time(entry).date()
        heading = "" if day == before else day_words(day, today)
        cards = [card_with_replies(one, folded.get(one["id"], []), threads, today) for one in flood]
        found.append(flood_row(flood, cards, heading) if "fold" in entry else replace(cards[0], day_heading=heading))
        before = day
    return found


def flood_row(flood: list[Json], cards: Iterable[FeedCard], heading: str) -> FloodRow:
    oldest = flood[-1]
    words = FLOOD.of(len(flood), event=without_parkrun(oldest["data"]["event_name"]))
    place = f"{oldest['at']},{oldest['id']}"
    return FloodRow(oldest["fold"], oldest["at"], place, words, tuple(cards), heading)


def card_with_replies(entry: Json, folded: list[Json], threads: dict[int, list[Json]], today: date) -> FeedCard:
    """Return the card of `entry`, with the entries `folded` into it and the replies to all of them."""
    replies = [reply for one in (entry, *folded) for reply in threads.get(one["id"], ())]
    replies.sort(key=lambda reply: (reply["at"], reply["id"]))
    cards = tuple(feed_card(reply, [], today) for reply in replies)
    away = replies_folded(len(cards))
    return replace(feed_card(entry, folded, today), earlier_replies=cards[:away], replies=cards[away:])


def local_time(entry: Json) -> datetime:
    """Return when the entry was added, in the time zone of the reader."""
    return datetime.fromisoformat(entry["at"]).astimezone(timezone.get_current_timezone())


def feed_card(entry: Json, folded: list[Json], today: date) -> FeedCard:
    """Return the card of `entry`, with the entries `folded` into it, without its day's heading."""
    data, athlete, kind, at = entry["data"], entry["athlete"], entry["kind"], local_time(entry)
    milestone = next((one for one in folded if one["kind"] == "milestone"), None)
    with_bib = milestone or (entry if kind in NUMBERED else None)
    card = [entry, *folded]
    return FeedCard(
        id=entry["id"],
        kind=kind,
        at=at,
        at_text=entry["at"],
        athlete_id=athlete["id"] if athlete else None,
        name=athlete["name"] if athlete else A_MEMBER,
        says=entry.get("says", ""),
        title=entry.get("title") or data.get("event_name", ""),
        bib=f"{with_bib['data']['count']:,}" if with_bib else "",
        milestone_id=milestone["id"] if milestone else None,
        earlier=tuple(EarlierLine(one["id"], one["folded"]) for one in folded if one["kind"] == "history"),
        day=parkrun_day(data, at.date(), today),
        time=format_duration(data.get("time_s")),
        device=data.get("device") or "",
        marks=entry.get("marks", []),
        text=with_links(entry["text"], data.get("mentions", ())) if kind == "post" else SafeString(),
        edited=EDITED if entry.get("edited_at") else "",
        is_hidden=bool(entry.get("hidden")),
        url=data.get("url") or "",
        cheers=sum(one["cheers"] for one in card),
        cheered_id=next((one["id"] for one in card if one["cheered"]), None),
        also=f"?{urlencode([('also', one['id']) for one in folded])}" if folded else "",
        mine=entry["mine"],
        day_heading="",
    )


def parkrun_day(data: Json, arrived: date, today: date) -> str:
    """Return the day of the parkrun in words; "" if its entry was added to the feed on that day."""
    if "date" not in data or (day := date.fromisoformat(data["date"])) == arrived:
        return ""
    return day_words(day, today)


def cheered_sentence(names: list[str]) -> str:
    """Return "Alva B., Bruno C. and 2 members cheered.". Members who are shown without a name are "" in `names`."""
    parts = [name for name in names if name]
    if unnamed := len(names) - len(parts):
        parts.append(quantity(unnamed, "member", "members"))
    listed = " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
    return f"{listed} cheered." if parts else "No cheers yet."
