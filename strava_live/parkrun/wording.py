"""The words of a reason: rough distances, how late a start was, sports."""

import re
from datetime import time

from strava_live.formats import format_time


def rough_distance(metres: float) -> str:
    """140 m, 1.4 km."""
    return f"{round(metres, -1):.0f} m" if metres < 995 else f"{metres / 1000:.1f} km"


def start_text(late_s: float, announced: time) -> str:
    """Compare a start with the announced one: Started 2 minutes after 9:00."""
    if abs(late_s) < 60:
        return f"Started at {format_time(announced)}"
    return f"Started {full_minutes(late_s)} {'after' if late_s > 0 else 'before'} {format_time(announced)}"


def full_minutes(seconds: float) -> str:
    """2 minutes, 1 hour 5 minutes; without seconds and without a sign."""
    hours, minutes = divmod(int(abs(seconds)) // 60, 60)
    parts = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in ((hours, "hour"), (minutes, "minute"))]
    return " ".join(part for part in parts if not part.startswith("0 ")) or "less than a minute"


def sport_with_article(sport_type: str) -> str:
    """MountainBikeRide → A mountain bike ride."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", sport_type).lower()
    return f"{'An' if words[:1] in tuple('aeiou') else 'A'} {words}"
