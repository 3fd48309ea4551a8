"""The cards of a club's feed as the server renders them. static/js/feed/card_values.js prepares those that arrive live.

The server and the script make a card from the protocol's `entry`, which has only what every member may see.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from strava_live.formats import format_duration, quantity
from strava_live.protocol import Json
from strava_live.web.folding import hosts_of
from strava_live.web.script_words import CHEERS
from strava_live.web.words import A_MEMBER, day_words

NUMBERED = ("milestone", "history")
"""Kinds of entries whose card shows a large number."""
URL = re.compile(r"(?<![0-9A-Za-z_])https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]}…]", re.IGNORECASE)
"""A web address in a text, without a full stop or bracket right after it."""


@dataclass(frozen=True)
class EarlierLine:
    """A line in a parkrun's card that shows a history entry: "added 76 earlier parkruns, back to 2025".

    It has the entry's id, so that links to the entry lead to the line.
    """

    id: int
    words: str


@dataclass(frozen=True)
class FeedCard:
    """The texts and facts of one card: an entry, with the entries that are folded into it. A missing text is ""."""

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
    url: str
    cheers: int
    cheered_id: int | None
    """An entry of this card that the reader has cheered for, if any."""
    also: str
    """The query string that adds the folded entries to the address of the page of people who cheered."""
    mine: bool
    day_heading: str
    """The heading above the first card of a day; "" on the other cards."""

    @property
    def classes(self) -> str:
        return f"entry-{self.kind or 'blank'}{' entry-milestone' if self.milestone_id else ''}"

    @property
    def initial(self) -> str:
        return self.name[:1] if self.athlete_id else ""

    @property
    def cheers_words(self) -> str:
        return CHEERS.of(self.cheers) if self.cheers else ""


def feed_cards(entries: list[Json], *, now: datetime) -> list[FeedCard]:
    """Return the cards of `entries` in the same order, newest first, with a heading above the first of each day."""
    hosts = hosts_of(entries)
    folded: dict[int, list[Json]] = {}
    for entry in entries:
        if host := hosts.get(entry["id"]):
            folded.setdefault(host, []).append(entry)
    cards: list[FeedCard] = []
    today, before = timezone.localdate(now), None
    for entry in entries:
        if entry["id"] in hosts:
            continue
        at = datetime.fromisoformat(entry["at"]).astimezone(timezone.get_current_timezone())
        heading = "" if at.date() == before else day_words(at.date(), today)
        cards.append(feed_card(entry, folded.get(entry["id"], []), at, heading, today))
        before = at.date()
    return cards


def feed_card(entry: Json, folded: list[Json], at: datetime, heading: str, today: date) -> FeedCard:
    """Return the card of `entry`, with the entries `folded` into it. `at` is when `entry` was added, in local time."""
    data, athlete, kind = entry["data"], entry["athlete"], entry["kind"]
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
        text=with_links(entry["text"]) if kind == "post" else SafeString(),
        url=data.get("url") or "",
        cheers=sum(one["cheers"] for one in card),
        cheered_id=next((one["id"] for one in card if one["cheered"]), None),
        also=f"?{urlencode([('also', one['id']) for one in folded])}" if folded else "",
        mine=entry["mine"],
        day_heading=heading,
    )


def parkrun_day(data: Json, arrived: date, today: date) -> str:
    """Return the day of the parkrun in words; "" if its entry was added to the feed on that day."""
    if "date" not in data or (day := date.fromisoformat(data["date"])) == arrived:
        return ""
    return day_words(day, today)


def with_links(text: str) -> SafeString:
    """Return the text as HTML: escaped, with links for the web addresses in it."""
    parts, end = [], 0
    for found in URL.finditer(text):
        parts += [format_html("{}", text[end : found.start()]), link_to(found[0])]
        end = found.end()
    return format_html_join("", "{}", ([part] for part in [*parts, text[end:]]))


def link_to(address: str) -> SafeString:
    return format_html('<a href="{}" rel="nofollow ugc noopener">{}</a>', address, address)


def cheered_sentence(names: list[str]) -> str:
    """Return "Alva B., Bruno C. and 2 members cheered.". Members who are shown without a name are "" in `names`."""
    parts = [name for name in names if name]
    if unnamed := len(names) - len(parts):
        parts.append(quantity(unnamed, "member", "members"))
    listed = " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
    return f"{listed} cheered." if parts else "No cheers yet."
