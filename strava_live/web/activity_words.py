"""An activity in the words of a page. static/js/words.js says the same for rows that arrive live."""

from dataclasses import dataclass
from datetime import datetime

from strava_live.activities.garmin import garmin_attribution
from strava_live.activities.models import Activity
from strava_live.activities.removals import before_of, latest_removal
from strava_live.activities.route import route_path
from strava_live.formats import format_distance, format_duration

VISIBILITY = {
    "everyone": "everyone",
    "followers_only": "your followers",
    "only_me": "only you",
}


@dataclass(frozen=True)
class Shown:
    """One row of a list, and what a page of its own adds."""

    strava_id: int
    name: str
    start: datetime
    start_text: str
    start_time: str
    """By the clock where it was, or "" where Strava hides it."""
    sport: str
    distance: str
    elapsed: str
    moving: str
    state: str
    verdict: str
    parkrun: str
    """The badge it wears: "sure", "maybe" or ""."""
    event_name: str
    reasons: list[str]
    route: str
    url: str
    garmin: str
    device: str
    """What it was recorded on, if not on a Garmin."""
    visible_to: str

    @property
    def saved(self) -> bool:
        return self.state == Activity.State.SAVED

    @property
    def dismissed(self) -> bool:
        return self.state == Activity.State.DISMISSED

    @property
    def start_words(self) -> str:
        return self.start_time or "Start time hidden"

    @property
    def figures(self) -> list[str]:
        return [part for part in (self.start_words, self.distance, self.elapsed, self.sport) if part]


@dataclass(frozen=True)
class ShownRemoval:
    """What was removed last, and can be undone."""

    pk: int
    words: str


def shown(activity: Activity, *, points: int = 0) -> Shown:
    """`points`: how finely its route is drawn, if at all."""
    garmin = garmin_attribution(activity.device_name)
    return Shown(
        strava_id=activity.strava_id,
        name=activity.name or "Untitled",
        start=activity.start_local,
        start_text=activity.wall_clock[:10] if activity.hidden_start else activity.wall_clock,
        start_time="" if activity.hidden_start else f"{activity.start_local:%H:%M}",
        sport=spaced(activity.sport_type),
        distance=format_distance(activity.distance_m) if activity.distance_m else "",
        elapsed=format_duration(activity.elapsed_s),
        moving=format_duration(activity.moving_s),
        state=str(activity.state),
        verdict=str(activity.parkrun),
        parkrun=activity.badge,
        event_name=activity.event_name,
        reasons=activity.reasons,
        route=route_path(activity.polyline, most=points) if points else "",
        url=activity.url,
        garmin=garmin,
        device="" if garmin else activity.device_name,
        visible_to=VISIBILITY.get(activity.visibility, ""),
    )


def removal_of(athlete_id: int) -> ShownRemoval | None:
    if (found := latest_removal(athlete_id)) is None:
        return None
    removal, rows = found
    if len(rows) > 1:
        return ShownRemoval(removal.pk, f"Removed {counted(len(rows), 'activity', 'activities')}.")
    was_saved = before_of(removal)[rows[0].strava_id].state == Activity.State.SAVED
    return ShownRemoval(removal.pk, f"{'Removed' if was_saved else 'Dismissed'} “{rows[0].name or 'Untitled'}”.")


def counted(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def spaced(sport_type: str) -> str:
    """TrailRun → Trail run."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in sport_type).strip()
    return words[:1].upper() + words[1:]
