"""An activity in the words of a page. static/js/words.js says the same for rows that arrive live."""

from dataclasses import dataclass
from datetime import datetime

from strava_live.activities.models import Activity
from strava_live.activities.route import route_path
from strava_live.parkrun.wording import distance, taken

VISIBILITY = {
    "everyone": "Everyone",
    "followers_only": "Your followers",
    "only_me": "Only you",
}


@dataclass(frozen=True)
class Shown:
    """One row of a list, and what a page of its own adds."""

    strava_id: int
    name: str
    start: datetime
    start_text: str
    sport: str
    distance: str
    elapsed: str
    moving: str
    state: str
    parkrun: str
    event_name: str
    reasons: list[str]
    route: str
    url: str
    device: str
    visible_to: str

    @property
    def saved(self) -> bool:
        return self.state == Activity.State.SAVED

    @property
    def dismissed(self) -> bool:
        return self.state == Activity.State.DISMISSED


def shown(activity: Activity, *, points: int = 0) -> Shown:
    """`points`: how finely its route is drawn, if at all."""
    return Shown(
        strava_id=activity.strava_id,
        name=activity.name or "Without a name",
        start=activity.start_local,
        start_text=activity.wall_clock,
        sport=spaced(activity.sport_type),
        distance=distance(activity.distance_m) if activity.distance_m else "",
        elapsed=taken(activity.elapsed_s),
        moving=taken(activity.moving_s),
        state=str(activity.state),
        parkrun=str(activity.parkrun),
        event_name=activity.event_name,
        reasons=activity.reasons,
        route=route_path(activity.polyline, most=points) if points else "",
        url=activity.url,
        device=activity.device_name,
        visible_to=VISIBILITY.get(activity.visibility, ""),
    )


def counted(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def spaced(sport_type: str) -> str:
    """TrailRun → Trail run."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in sport_type).strip()
    return words[:1].upper() + words[1:]
