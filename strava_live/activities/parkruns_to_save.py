"""Choose what the button "Save all parkruns" saves: one recording of each unsaved parkrun.

Two watches, or a watch and a phone, may have recorded the same parkrun. Only one recording of it is saved.
"""

from strava_live.activities.models import Activity

ParkrunKey = tuple[str, str] | int
"""What two recordings of one parkrun have in common: event slug and local date. The Strava id if there is no event."""


def parkruns_to_save(athlete_id: int) -> list[Activity]:
    """Return one activity for each parkrun without a saved recording.

    The activity is a recording that was saved and then removed, or else the newest recording.
    """
    unsaved = Activity.objects.of(athlete_id).unsaved_parkruns()
    rows = list(unsaved.order_by("-removed", "-start", "-strava_id").defer("polyline"))
    if not rows:
        return []
    saved = Activity.objects.of(athlete_id).saved().parkruns().only("strava_id", "event_slug", "wall_clock")
    taken, chosen = {parkrun_key(row) for row in saved}, dict[ParkrunKey, Activity]()
    for row in rows:
        if parkrun_key(row) not in taken:
            chosen.setdefault(parkrun_key(row), row)
    return list(chosen.values())


def parkrun_key(row: Activity) -> ParkrunKey:
    return (row.event_slug, row.wall_clock[:10]) if row.event_slug else row.strava_id
