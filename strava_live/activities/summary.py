"""Count an athlete's activities for the page My Strava, in all and by year: runs, parkruns, maybes and so on."""

from typing import Any

from django.db.models import Count, Min, Q
from django.db.models.functions import Substr

from strava_live.activities.models import PARKRUN, UNDECIDED, Activity
from strava_live.activities.parkruns_to_save import parkruns_to_save

RUN = Q(sport_type__endswith="Run") | PARKRUN
"""Matches runs: Strava's sports Run, TrailRun and VirtualRun, and parkruns, walked ones too."""


def summary_of(athlete_id: int) -> dict[str, Any]:
    """Return the counts.

    `years` has the counts of each year by local time, newest first. `first` is the oldest start, `since` the first year
    with a run, and `maybes` the number of activities whose athlete has not answered "Was this a parkrun?".
    """
    rows = Activity.objects.of(athlete_id)
    years = list(
        rows.annotate(year=Substr("wall_clock", 1, 4))
        .values("year")
        .annotate(
            activities=Count("pk"),
            runs=Count("pk", filter=RUN),
            parkruns=Count("pk", filter=PARKRUN),
            saved=Count("pk", filter=Q(state=Activity.State.SAVED)),
            maybes=Count("pk", filter=UNDECIDED),
            first=Min("start"),
        )
        .order_by("-year")
    )
    return {
        "activities": sum(year["activities"] for year in years),
        "runs": sum(year["runs"] for year in years),
        "parkruns": sum(year["parkruns"] for year in years),
        "saved": sum(year["saved"] for year in years),
        "events": rows.parkruns().exclude(event_slug="").values("event_slug").distinct().count(),
        "maybes": sum(year["maybes"] for year in years),
        "first": min((year["first"] for year in years), default=None),
        "parkruns_to_save": len(parkruns_to_save(athlete_id)),
        "since": next((int(year["year"]) for year in reversed(years) if year["runs"]), None),
        "years": [
            {"year": int(year["year"]), "all": year["activities"], "parkruns": year["parkruns"]} for year in years
        ],
    }
