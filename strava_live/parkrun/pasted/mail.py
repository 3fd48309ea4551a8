"""Find the parts of a results e-mail, in which parkrun describes one result in sentences."""

import re
from dataclasses import dataclass
from itertools import islice

from strava_live.parkrun.pasted.cells import TIME
from strava_live.parkrun.pasted.dates import DATE

LONGEST_MAIL = 50_000
"""The most characters of a results e-mail."""
MOST_DATES = 4
"""The most dates in a results e-mail. A text with more dates is a table."""
RESULTS_FOR = re.compile(r"([^\n:.,]{2,100}?)\s+results\s+for\s+event\s*#?\s*\d", re.IGNORECASE)
AT = re.compile(r"\bat\s+([^\n.,!]{2,100}?(?:parkrun|juniors))\b", re.IGNORECASE)
YOUR_TIME = re.compile(r"\byour\s+(?:official\s+)?time\b[^.\n]{0,80}?(?=\d)", re.IGNORECASE)
FINISHED = re.compile(r"\bfinished\s+(?:in\s+)?(\d{1,5})(?:st|nd|rd|th)\b", re.IGNORECASE)
THANKED = re.compile(r"\bthank(?:s|\s+you)\s+(?:so\s+much\s+)?for\s+volunteering\b", re.IGNORECASE)
SUBJECT = re.compile(r"^(?:subject|betreff|your|the|re|fwd?)\b[:\s]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ResultsMail:
    """The parts of a results e-mail as they are written. `line` is the number of the line with the event's name."""

    line: int
    event: str
    date: re.Match[str] | None
    time: re.Match[str] | None
    position: str
    volunteered: bool


def find_mail(text: str) -> ResultsMail | None:
    """Return the parts of a results e-mail. None if the text is not one."""
    # Long runs of blanks would make the searches below take quadratic time.
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
    return ResultsMail(
        line=text.count("\n", 0, named.start(1)) + 1,
        event=SUBJECT.sub("", named[1].strip()),
        date=DATE.search(text),
        time=TIME.match(text, your_time.end()) if your_time else None,
        position=finished[1] if finished else "",
        volunteered=thanked is not None,
    )
