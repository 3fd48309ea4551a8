"""Read finish times and positions as tables and e-mails write them."""

import re

from strava_live.parkrun.pasted.faults import FaultCode, Unreadable

TIME = re.compile(r"(?<![\d:.])(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?![\d:])", re.ASCII)
FIGURE = re.compile(r"#?\d{1,6}(?:st|nd|rd|th)?|\d+([.,]\d+)?\s?%|pb!?|-+|–+", re.IGNORECASE | re.ASCII)
POSITION = re.compile(r"#?([0-9]{1,6})(?:st|nd|rd|th)?", re.IGNORECASE)
FASTEST_S, FASTEST_JUNIOR_S, SLOWEST_S = 12 * 60, 5 * 60, 4 * 3600
"""Times of parkruns that are accepted, in seconds: the fastest over 5 km, the fastest junior one, and the slowest."""
LARGEST_POSITION = 99_999
SHOWN_OF_A_CELL = 20
"""How many characters of an unreadable cell an error message repeats."""


def read_time(text: str, *, junior: bool) -> int | None:
    """Return the seconds of a cell with a time, such as 24:31 or 24.31. None for an empty cell."""
    text = text.strip()
    if not text:
        return None
    found = TIME.fullmatch(text if ":" in text else text.replace(".", ":"))
    if not found:
        raise Unreadable(FaultCode.NOT_A_TIME, written=text[:SHOWN_OF_A_CELL])
    return seconds_of(found, junior=junior)


def seconds_of(found: re.Match[str], *, junior: bool) -> int:
    """Return the seconds of a match of TIME. Raise `Unreadable` if the time is invalid, too fast or too slow."""
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if seconds > 59 or (found[1] and minutes > 59):
        raise Unreadable(FaultCode.BAD_TIME, written=found[0])
    return check_possible(hours * 3600 + minutes * 60 + seconds, found[0], junior=junior)


def read_seconds(text: str, *, junior: bool) -> int | None:
    """Return the seconds of a cell with seconds, such as 1471, or with a time. None for an empty cell."""
    whole = re.fullmatch(r"([0-9]{1,6})(?:\.0+)?", text.strip())
    return check_possible(int(whole[1]), text.strip(), junior=junior) if whole else read_time(text, junior=junior)


def check_possible(seconds: int, written: str, *, junior: bool) -> int:
    if not (FASTEST_JUNIOR_S if junior else FASTEST_S) <= seconds <= SLOWEST_S:
        raise Unreadable(FaultCode.IMPOSSIBLE_TIME, written=written)
    return seconds


def read_position(text: str) -> int | None:
    """Return the position in a text such as 123, #123 or 123rd. None for other texts, 0, and more than 99,999."""
    found = POSITION.fullmatch(text.strip())
    return int(found[1]) if found and 0 < int(found[1]) <= LARGEST_POSITION else None


def only_figures(text: str) -> bool:
    """Return whether the text has only figures (numbers, times, age grades, PB), like the cells after a date."""
    without_times = TIME.sub("", text)
    return all(FIGURE.fullmatch(token) for token in re.split(r"[\s,;|]+", without_times) if token)
