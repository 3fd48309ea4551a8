"""Distances, times and sports in the words of an athlete."""

import re
from datetime import time


def away(metres: float) -> str:
    """How far away something is: 140 m, 1.4 km."""
    return f"{round(metres, -1):.0f} m" if metres < 995 else f"{metres / 1000:.1f} km"


def distance(metres: float) -> str:
    """How long a run was: 5.02 km."""
    return f"{metres / 1000:.2f} km"


def clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02}"


def span(seconds: float) -> str:
    """A length of time in full minutes: 2 minutes, 1 hour 5 minutes."""
    hours, minutes = divmod(int(abs(seconds)) // 60, 60)
    parts = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in ((hours, "hour"), (minutes, "minute"))]
    return " ".join(part for part in parts if not part.startswith("0 ")) or "less than a minute"


def taken(seconds: int) -> str:
    """A time as on a stopwatch: 24:31, 1:05:09."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def started(late_s: float, nominal: time) -> str:
    """How a start relates to the one announced."""
    if abs(late_s) < 60:
        return f"Started at {clock(nominal)}"
    return f"Started {span(late_s)} {'after' if late_s > 0 else 'before'} {clock(nominal)}"


def sport(sport_type: str) -> str:
    """Strava's name for a sport, with its article: A mountain bike ride."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", sport_type).lower()
    return f"{'An' if words[:1] in tuple('aeiou') else 'A'} {words}"


def ordinal(number: int) -> str:
    """1st, 2nd, 11th, 1,003rd."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"
