"""The unsaved parkruns that "Save all parkruns" saves: one recording of each morning."""

from strava_live.activities.models import Activity

ParkrunKey = tuple[str, str] | int


def parkruns_to_save(athlete_id: int) -> list[Activity]:
    """Return one activity for each morning without a saved one. A recording that was saved before is preferred."""
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
    """Return what two recordings of one parkrun have in common: the event and the day."""
    return (row.event_slug, row.wall_clock[:10]) if row.event_slug else row.strava_id
