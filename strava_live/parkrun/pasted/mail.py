"""A results e-mail: one parkrun, told in sentences."""

import re
from dataclasses import dataclass
from itertools import islice

from strava_live.parkrun.pasted.cells import DATE, TIME

LONGEST_MAIL = 50_000
MOST_DATES = 4
RESULTS_FOR = re.compile(r"([^\n:.,]{2,100}?)\s+results\s+for\s+event\s*#?\s*\d", re.IGNORECASE)
AT = re.compile(r"\bat\s+([^\n.,!]{2,100}?(?:parkrun|juniors))\b", re.IGNORECASE)
YOUR_TIME = re.compile(r"\byour\s+(?:official\s+)?time\b[^.\n]{0,80}?(?=\d)", re.IGNORECASE)
FINISHED = re.compile(r"\bfinished\s+(?:in\s+)?(\d{1,5})(?:st|nd|rd|th)\b", re.IGNORECASE)
THANKED = re.compile(r"\bthank(?:s|\s+you)\s+(?:so\s+much\s+)?for\s+volunteering\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mail:
    """As it is written there; `line` is where the event is named."""

    line: int
    event: str
    date: re.Match[str] | None
    time: re.Match[str] | None
    position: str
    volunteered: bool


def read_mail(text: str) -> Mail | None:
    """None for anything that does not speak of one parkrun as such an e-mail does."""
    # Runs of blanks would make the searches below try each of their places for every other.
    text = re.sub(r"[^\S\n]+", " ", text)
    if len(text) > LONGEST_MAIL or len(list(islice(DATE.finditer(text), MOST_DATES + 1))) > MOST_DATES:
        return None
    your_time, thanked = YOUR_TIME.search(text), THANKED.search(text)
    if not your_time and not thanked:
        return None
    named = RESULTS_FOR.search(text) or AT.search(text)
    if named is None:
        return None
    finished = FINISHED.search(text)
    return Mail(
        line=text.count("\n", 0, named.start(1)) + 1,
        event=without_subject(named[1]),
        date=DATE.search(text),
        time=TIME.match(text, your_time.end()) if your_time else None,
        position=finished[1] if finished else "",
        volunteered=thanked is not None,
    )


def without_subject(name: str) -> str:
    """What a subject line puts before the event."""
    return re.sub(r"^(?:subject|betreff|your|the|re|fwd?)\b[:\s]*", "", name.strip(), flags=re.IGNORECASE)
