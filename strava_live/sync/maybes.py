"""Maybes that are alike: at the same event, and for the same reasons apart from their numbers."""

import re
from collections import defaultdict

from strava_live.activities.models import Activity

MOST_ALIKE = 200
"""How many are answered together at most."""
STARTED = re.compile(r"^([Ss]tarted) (?:at|.* (?:after|before)) ")
NUMBER = re.compile(r"[0-9][0-9.,:]*( k?m\b)?")
QUOTED = re.compile(r"“[^”]*”")


def alike(athlete_id: int) -> list[list[int]]:
    """Return the undecided activities in groups of two or more, each newest first, as their numbers at Strava."""
    undecided = Activity.objects.of(athlete_id).undecided().newest_first()
    groups = defaultdict[tuple[str, ...], list[int]](list)
    for strava_id, slug, name, reasons in undecided.values_list("strava_id", "event_slug", "event_name", "reasons"):
        if slug or name:
            groups[slug or name, *map(without_numbers, reasons)].append(strava_id)
    return [group[:MOST_ALIKE] for group in groups.values() if len(group) > 1]


def without_numbers(reason: str) -> str:
    return QUOTED.sub("“”", NUMBER.sub("#", STARTED.sub(r"\1 # ", reason)))
