"""README.txt of the export: what each file has, in plain words, and what is left out."""

from collections.abc import Sequence
from datetime import datetime
from textwrap import fill

from strava_live.formats import format_date, format_time
from strava_live.lifecycle.export.kinds import ExportedKind

WIDTH = 78
LEFT_OUT_WORDS = (
    "Your password, the codes of your two-step sign-in, and all keys: to your Strava and Bucket, to your sign-ins in "
    "browsers, to your programs, to invitations and to wall screens. We store most of them as hashes or encrypted. "
    "In a file on your device they could let another person in.",
    "What other people have written or done, except messages that they sent to you. Of them you only find names that "
    "your clubs show to their members.",
    "Photos and other pictures. We don't store any.",
    "Short-lived notes that never reach our tables: how many requests you made in the last minutes, whether a page is "
    "open, and the server's log.",
)


def readme(site_name: str, username: str, zone: str, made_at: datetime, kinds: Sequence[ExportedKind]) -> str:
    """Return the text. `made_at` is in the time zone `zone`."""
    paragraphs = [
        f"{site_name}: everything we store about {username}",
        f"Made on {format_date(made_at.date())} at {format_time(made_at.time())} ({zone}). What you change, and what "
        "arrives, while the download runs may be missing.",
        "What is in here",
        "csv/ has tables for a spreadsheet such as Excel, LibreOffice or Numbers. Dates and times are in your time "
        f"zone, {zone}. An apostrophe before a cell that begins with =, +, - or @ keeps the spreadsheet from running "
        "it as a formula. Lists are written as in the JSON file.",
        "json/ has the same rows for programs: in each file an array with one object per line, in UTF-8. Instants are "
        "in UTC. It also has the routes as Strava encodes them (polyline).",
        "routes/ has the routes of your activities as GPX, a file per year, for maps and route planners. They are "
        "Strava's summaries: fewer points than your watch recorded, and no times.",
        "contents.json is the last file. It says how many rows each file has. If it is missing, the download was cut "
        "off, or NOT-COMPLETE.txt says why it ended early.",
        "The files",
        *(f"{kind.name}\n{kind.about}" for kind in kinds),
        "Where it comes from",
        "Activities and routes come from Strava. They are yours: Strava's terms let us give them to you, and to "
        "nobody else without your consent. Each one has a link to “View on Strava”. Data recorded with a Garmin "
        "device is marked with the name of the device. Please keep that name if you publish it.",
        "What is left out",
        *(f"- {words}" for words in LEFT_OUT_WORDS),
    ]
    return "\r\n".join("\r\n\r\n".join(map(wrapped, paragraphs)).splitlines()) + "\r\n"


def wrapped(paragraph: str) -> str:
    """Wrap a paragraph. Indent the lines after its first, such as the words after the name of a file."""
    first, *rest = paragraph.split("\n")
    lines = [fill(first, WIDTH, subsequent_indent="  " if first.startswith("- ") else "")]
    lines += [fill(line, WIDTH, initial_indent="  ", subsequent_indent="  ") for line in rest]
    return "\n".join(lines)
