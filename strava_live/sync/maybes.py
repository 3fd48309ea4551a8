"""Group similar maybes: the same event, and the same reasons apart from their numbers."""

import re
from collections import defaultdict

from strava_live.activities.models import Activity

MOST_SIMILAR = 200
"""How many are answered together at most."""
STARTED = re.compile(r"^([Ss]tarted) (?:at|.* (?:after|before)) ")
NUMBER = re.compile(r"[0-9][0-9.,:]*( k?m\b)?")
QUOTED = re.compile(r"“[^”]*”")


def similar_maybes(athlete_id: int) -> list[list[int]]:
    """Return groups of two or more undecided activities by their Strava ids, each group newest first."""
    undecided = Activity.objects.of(athlete_id).undecided().newest_first()
    groups = defaultdict[tuple[str, ...], list[int]](list)
    for strava_id, slug, name, reasons in undecided.values_list("strava_id", "event_slug", "event_name", "reasons"):
        if slug or name:
            groups[slug or name, *map(without_numbers, reasons)].append(strava_id)
    return [group[:MOST_SIMILAR] for group in groups.values() if len(group) > 1]


def without_numbers(reason: str) -> str:
    return QUOTED.sub("“”", NUMBER.sub("#", STARTED.sub(r"\1 # ", reason)))
