"""The cards of a club's feed, in the parts that a page shows. static/js/feed/shown.js says the same of what arrives
live: both begin with the `entry` of the protocol, so that neither can show more than a member may see."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from strava_live.formats import format_duration, format_ordinal
from strava_live.protocol import Json
from strava_live.web.activity_words import counted
from strava_live.web.folding import hosts_of

NOBODY_NAMED = "A member"
NUMBERED = ("milestone", "history")
ADDRESS = re.compile(r"(?<![0-9A-Za-z_])https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]}…]", re.IGNORECASE)
"""An address becomes a link, without the full stop of the sentence it ends."""


@dataclass(frozen=True)
class Mark:
    """A word or two of praise. What is worth a cheer of its own gets the sun."""

    words: str
    sun: bool = False


@dataclass(frozen=True)
class Anchored:
    """A line of a card that an entry of its own has become: links to that entry lead here."""

    id: int
    words: str


@dataclass(frozen=True)
class Shown:
    id: int
    kind: str
    at: datetime
    at_text: str
    athlete_id: int | None
    name: str
    says: str
    title: str
    bib: str
    milestone_id: int | None
    """Of the milestone that is shown in this parkrun's card."""
    earlier: tuple[Anchored, ...]
    """Histories that are shown in this parkrun's card."""
    day: str
    """Its own date, where that is not the day on which it arrived."""
    time: str
    device: str
    marks: tuple[Mark, ...]
    text: SafeString
    url: str
    cheers: int
    cheered_id: int | None
    """Which entry of the card the reader has cheered for."""
    also: str
    """The other entries of the card, as the query of the page that names who cheered."""
    mine: bool
    day_heading: str
    """Over the first of a day; "" over the others."""

    @property
    def classes(self) -> str:
        return f"entry-{self.kind or 'blank'}{' entry-milestone' if self.milestone_id else ''}"

    @property
    def initial(self) -> str:
        return self.name[:1] if self.athlete_id else ""

    @property
    def cheers_words(self) -> str:
        return counted(self.cheers, "cheer", "cheers") if self.cheers else ""


def shown_in_order(entries: list[Json], *, now: datetime) -> list[Shown]:
    """Return the cards of `entries`, newest first, with a heading wherever a day begins."""
    hosts = hosts_of(entries)
    guests: dict[int, list[Json]] = {}
    for entry in entries:
        if host := hosts.get(entry["id"]):
            guests.setdefault(host, []).append(entry)
    shown: list[Shown] = []
    today, before = timezone.localdate(now), None
    for entry in entries:
        if entry["id"] in hosts:
            continue
        at = datetime.fromisoformat(entry["at"]).astimezone(timezone.get_current_timezone())
        heading = "" if at.date() == before else day_words(at.date(), today)
        shown.append(shown_as(entry, guests.get(entry["id"], []), at, heading, today))
        before = at.date()
    return shown


def shown_as(entry: Json, guests: list[Json], at: datetime, heading: str, today: date) -> Shown:
    data, athlete, kind = entry["data"], entry["athlete"], entry["kind"]
    milestone = next((one for one in guests if one["kind"] == "milestone"), None)
    numbered_entry = milestone or (entry if kind in NUMBERED else None)
    card = [entry, *guests]
    return Shown(
        id=entry["id"],
        kind=kind,
        at=at,
        at_text=entry["at"],
        athlete_id=athlete["id"] if athlete else None,
        name=athlete["name"] if athlete else NOBODY_NAMED,
        says=says(kind, data),
        title=title(kind, data),
        bib=f"{numbered_entry['data']['count']:,}" if numbered_entry else "",
        milestone_id=milestone["id"] if milestone else None,
        earlier=tuple(Anchored(one["id"], earlier_words(one["data"])) for one in guests if one["kind"] == "history"),
        day=own_day(data, at.date(), today),
        time=format_duration(data.get("time_s")),
        device=data.get("device") or "",
        marks=marks(kind, data, is_milestone=milestone is not None),
        text=linked(entry["text"]) if kind == "post" else SafeString(),
        url=data.get("url") or "",
        cheers=sum(one["cheers"] for one in card),
        cheered_id=next((one["id"] for one in card if one["cheered"]), None),
        also=f"?{urlencode([('also', one['id']) for one in guests])}" if guests else "",
        mine=entry["mine"],
        day_heading=heading,
    )


def says(kind: str, data: Json) -> str:
    match kind:
        case "milestone":
            return f"at {data['event_name'].removesuffix(' parkrun')}"
        case "history":
            return earlier_words(data)
        case "joined":
            return "has joined. Welcome!"
    return ""


def earlier_words(data: Json) -> str:
    word = "earlier junior parkrun" if data["junior"] else "earlier parkrun"
    counts = counted(data["count"], word, f"{word}s")
    return f"added {counts}, {'from' if data['count'] == 1 else 'back to'} {data['since']}"


def title(kind: str, data: Json) -> str:
    return numbered(data) if kind == "milestone" else str(data.get("event_name", ""))


def marks(kind: str, data: Json, *, is_milestone: bool) -> tuple[Mark, ...]:
    if kind != "parkrun":
        return ()
    count = [Mark(numbered(data), sun=is_milestone)] if data["count"] else []
    return (*count, *(Mark(f"{words[0].upper()}{words[1:]}", sun=True) for words in praises(data)))


def numbered(data: Json) -> str:
    return f"{format_ordinal(data['count'])} {'junior ' if data['junior'] else ''}parkrun" if data["count"] else ""


def praises(data: Json) -> list[str]:
    """What is worth a cheer of its own."""
    found = ["first time here"] if data["first_here"] else []
    if data["best"]:
        found.append("PB" if data["best"] == "ever" else "PB here")
    return found


def own_day(data: Json, arrived: date, today: date) -> str:
    if "date" not in data or (day := date.fromisoformat(data["date"])) == arrived:
        return ""
    return day_words(day, today)


def day_words(day: date, today: date) -> str:
    """Today, Yesterday, Saturday 14 November, Saturday 14 November 2025."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    words = f"{day:%A} {day.day} {day:%B}"
    return words if day.year == today.year else f"{words} {day.year}"


def linked(text: str) -> SafeString:
    """Plain text in which addresses can be followed."""
    parts, end = [], 0
    for found in ADDRESS.finditer(text):
        parts += [format_html("{}", text[end : found.start()]), link_to(found[0])]
        end = found.end()
    return format_html_join("", "{}", ([part] for part in [*parts, text[end:]]))


def link_to(address: str) -> SafeString:
    return format_html('<a href="{}" rel="nofollow ugc noopener">{}</a>', address, address)
