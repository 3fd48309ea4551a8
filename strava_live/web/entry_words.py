"""An entry of a club's feed, in the parts that a page shows. static/js/feed/shown.js says the same of what arrives
live: both begin with the `entry` of the protocol, so that neither can show more than a member may see."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from strava_live.accounts.profile import clock
from strava_live.parkrun.wording import ordinal
from strava_live.protocol import Json
from strava_live.web.activity_words import counted

NOBODY_NAMED = "A member"
ADDRESS = re.compile(r"(?<![0-9A-Za-z_])https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]}…]", re.IGNORECASE)
"""What becomes a link: an address that somebody has written out, without the full stop of the sentence it ends."""


@dataclass(frozen=True)
class Mark:
    """A word or two of praise. What is worth a cheer of its own gets the sun."""

    words: str
    sun: bool = False


@dataclass(frozen=True)
class Shown:
    id: int
    seq: int
    kind: str
    at: datetime
    at_text: str
    athlete_id: int | None
    name: str
    says: str
    title: str
    bib: str
    day: str
    """Its own date, where that is not the day on which it arrived."""
    time: str
    device: str
    marks: tuple[Mark, ...]
    text: SafeString
    url: str
    cheers: int
    cheered: bool
    mine: bool
    ref: str
    """By which its author's page knows a post again."""
    day_heading: str
    """Over the first of a day; "" over the others."""

    @property
    def initial(self) -> str:
        return self.name[:1] if self.athlete_id else ""

    @property
    def cheers_words(self) -> str:
        return counted(self.cheers, "cheer", "cheers") if self.cheers else ""


def shown_in_order(entries: list[Json], *, now: datetime) -> list[Shown]:
    """Newest first, with a heading wherever a day begins."""
    shown: list[Shown] = []
    today, before = timezone.localdate(now), None
    for entry in entries:
        at = datetime.fromisoformat(entry["at"]).astimezone(timezone.get_current_timezone())
        heading = "" if at.date() == before else day_words(at.date(), today)
        shown.append(shown_as(entry, at, heading, today))
        before = at.date()
    return shown


def shown_as(entry: Json, at: datetime, heading: str, today: date) -> Shown:
    data, athlete = entry["data"], entry["athlete"]
    return Shown(
        id=entry["id"],
        seq=entry["seq"],
        kind=entry["kind"],
        at=at,
        at_text=entry["at"],
        athlete_id=athlete["id"] if athlete else None,
        name=athlete["name"] if athlete else NOBODY_NAMED,
        says=says(entry["kind"], data),
        title=title(entry["kind"], data),
        bib=f"{data['count']:,}" if entry["kind"] in ("milestone", "history") else "",
        day=own_day(data, at.date(), today),
        time=clock(data.get("time_s")),
        device=data.get("device") or "",
        marks=marks(entry["kind"], data),
        text=linked(entry["text"]) if entry["kind"] == "post" else SafeString(),
        url=data.get("url") or "",
        cheers=entry["cheers"],
        cheered=entry["cheered"],
        mine=entry["mine"],
        ref=data.get("ref", "") if entry["mine"] else "",
        day_heading=heading,
    )


def says(kind: str, data: Json) -> str:
    match kind:
        case "milestone":
            return f"the latest at {data['event_name']}"
        case "history":
            return f"brought along, the first in {data['since']}"
        case "joined":
            return "has joined. Welcome!"
    return ""


def title(kind: str, data: Json) -> str:
    if kind not in ("milestone", "history"):
        return str(data.get("event_name", ""))
    word = "junior parkrun" if data["junior"] else "parkrun"
    return counted(data["count"], word, f"{word}s")


def marks(kind: str, data: Json) -> tuple[Mark, ...]:
    if kind != "parkrun":
        return ()
    count = [Mark(numbered(data))] if data["count"] else []
    return (*count, *(Mark(words.capitalize(), sun=True) for words in praises(data)))


def numbered(data: Json) -> str:
    return f"{ordinal(data['count'])} {'junior ' if data['junior'] else ''}parkrun" if data["count"] else ""


def praises(data: Json) -> list[str]:
    """What is worth a cheer of its own."""
    found = ["first time here"] if data["first_here"] else []
    if data["best"]:
        found.append("best time ever" if data["best"] == "ever" else "best time here")
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
