"""What an athlete says about one parkrun, in a form or through the API, and what can be wrong with it. Pure."""

from dataclasses import dataclass
from datetime import date

from strava_live.accounts.plain_text import visible
from strava_live.formats import format_date, format_duration
from strava_live.parkrun.calendar import FIRST_PARKRUN, may_be_held
from strava_live.parkrun.pasted.cells import LARGEST_POSITION, check_possible
from strava_live.parkrun.pasted.faults import Unreadable
from strava_live.parkrun.pasted.words import fault_text

LONGEST_NOTE = 500


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What an athlete says about one parkrun. `how` is "" if they do not say that they ran or walked."""

    how: str
    volunteered: bool
    official_time_s: int | None = None
    position: int | None = None
    note: str = ""


def clean_note(text: str) -> str:
    """Return a note without invisible characters, and without space around it. Line breaks stay."""
    return visible(text.replace("\r\n", "\n").replace("\r", "\n"), keeping="\n").strip()


def faults_of(
    said: Statement, *, day: date | None, today: date, junior: bool | None, recorded: bool = False
) -> dict[str, str]:
    """Return a sentence for each field that cannot be right: `day`, or a field of the statement. {} if there is none.

    `day` is None if it is not to be checked, and `junior` is None if the event is not known. Pass `recorded` if the
    parkrun has an activity, which shows that its athlete took part. `today` is the date in the athlete's time zone.
    """
    found = {
        "day": day_fault(day, today, junior) if day else "",
        "how": how_fault(said, recorded=recorded),
        "official_time_s": time_fault(said.official_time_s, junior),
        "position": position_fault(said.position),
        "note": f"A note has at most {LONGEST_NOTE} characters." if len(said.note) > LONGEST_NOTE else "",
    }
    return {field: sentence for field, sentence in found.items() if sentence}


def day_fault(day: date, today: date, junior: bool | None) -> str:
    if day > today:
        return "That date is in the future."
    if day < FIRST_PARKRUN:
        return f"The first parkrun was on {format_date(FIRST_PARKRUN)}."
    if junior is not None and not may_be_held(day, junior=junior):
        return f"{format_date(day)} was a {day:%A}, when there's no {'junior ' if junior else ''}parkrun."
    return ""


def how_fault(said: Statement, *, recorded: bool) -> str:
    if said.how:
        return ""
    if recorded:
        return "Your activity shows that you took part. Did you run or walk?"
    if said.official_time_s is not None:
        return "You can only have a time if you ran or walked."
    return "" if said.volunteered else "Did you run, walk or volunteer?"


def time_fault(seconds: int | None, junior: bool | None) -> str:
    if seconds is None:
        return ""
    try:
        check_possible(seconds, format_duration(seconds), junior=junior is not False)
    except Unreadable as fault:
        return f"{fault_text(fault.code, fault.params)}."
    return ""


def position_fault(position: int | None) -> str:
    possible = position is None or 1 <= position <= LARGEST_POSITION
    return "" if possible else f"A position is a number from 1 to {LARGEST_POSITION:,}."
