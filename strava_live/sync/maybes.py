"""Group similar maybes: undecided activities at the same event with reasons of the same kinds."""

from collections import defaultdict
from collections.abc import Hashable

from strava_live.activities.models import Activity
from strava_live.parkrun.reasons import read_reasons

MAX_ANSWERED_TOGETHER = 200
"""The most activities of a group that are answered together."""


def similar_maybes(athlete_id: int) -> list[list[int]]:
    """Return groups of two or more undecided activities by their Strava ids, each group newest first."""
    undecided = Activity.objects.of(athlete_id).undecided().newest_first()
    groups = defaultdict[Hashable, list[int]](list)
    for strava_id, slug, name, reasons in undecided.values_list("strava_id", "event_slug", "event_name", "reasons"):
        if event := slug or name:
            groups[event, tuple(reason.kind for reason in read_reasons(reasons))].append(strava_id)
    return [group[:MAX_ANSWERED_TOGETHER] for group in groups.values() if len(group) > 1]
