"""The words of an activity on pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from strava_live.activities.garmin import garmin_attribution
from strava_live.activities.models import Activity
from strava_live.activities.removals import before_of, latest_removal
from strava_live.activities.route import route_path
from strava_live.activities.wording import badge_words, facts_of, sport_words
from strava_live.formats import format_distance, format_duration, quantity
from strava_live.web.words import UNTITLED

CHOICES = {"saved": "Saved", "parkruns": "Parkruns", "unsaved": "Not saved", "all": "All"}
VISIBILITY = {
    "everyone": "everyone",
    "followers_only": "your followers",
    "only_me": "only you",
}
STATE_WORDS = {
    Activity.State.SAVED: ("Saved", "It stays here until you remove it."),
    Activity.State.DISMISSED: ("Removed", "Imports won't save it again. You still can."),
    Activity.State.FOUND: ("Not saved", "Unsaved activities are deleted after a week."),
}


@dataclass(frozen=True)
class ActivityWords:
    """An activity as the row of a list and its own page show it. A text is "" where there is nothing to say."""

    strava_id: int
    name: str
    start: datetime
    start_text: str
    start_time: str
    """On the local clock; "" if Strava hides the start time."""
    sport: str
    facts: str
    """Distance, time and sport."""
    distance: str
    elapsed: str
    moving: str
    state: str
    verdict: str
    parkrun: str
    """The badge: "sure", "maybe" or ""."""
    event_name: str
    reasons: list[str]
    route: str
    url: str
    garmin: str
    device: str
    """The recording device, unless Garmin made it."""
    visible_to: str

    @property
    def saved(self) -> bool:
        return self.state == Activity.State.SAVED

    @property
    def dismissed(self) -> bool:
        return self.state == Activity.State.DISMISSED

    @property
    def badge(self) -> str:
        return badge_words(self.parkrun, self.event_name)

    @property
    def figures(self) -> list[str]:
        start = self.start_time or "Start time hidden"
        return [part for part in (start, self.distance, self.elapsed, self.sport) if part]

    @property
    def recorded_with(self) -> str:
        return self.garmin or (f"Recorded with {self.device}" if self.device else "")

    @property
    def reasons_heading(self) -> str:
        if self.verdict == "sure":
            return "Why this is a parkrun"
        return "Why we weren't sure" if self.saved else "Why this may be a parkrun"

    @property
    def state_heading(self) -> str:
        return STATE_WORDS[Activity.State(self.state)][0]

    @property
    def state_sentence(self) -> str:
        return STATE_WORDS[Activity.State(self.state)][1]

    @property
    def save_label(self) -> str:
        """The label of the button that saves it; "" if it is saved."""
        if self.saved:
            return ""
        return "Yes, a parkrun" if self.parkrun == "maybe" else "Save"

    @property
    def remove_label(self) -> str:
        """The label of the button that removes or dismisses it; "" if there is nothing to remove or answer."""
        if self.saved:
            return "Remove"
        return "No, not a parkrun" if self.parkrun == "maybe" else ""


@dataclass(frozen=True)
class RemovalWords:
    """The latest removal, which its athlete can undo."""

    pk: int
    words: str


@dataclass(frozen=True)
class EmptyListWords:
    """What a list without rows says, and the link or button below it."""

    heading: str
    text: str
    action: str
    """newest, any_year, save_parkruns, import or ""."""


def activity_words(activity: Activity, *, route_points: int = 0) -> ActivityWords:
    """Describe an activity. `route_points` is about how many points of its route are drawn; 0 draws none."""
    garmin = garmin_attribution(activity.device_name)
    return ActivityWords(
        strava_id=activity.strava_id,
        name=activity.name or UNTITLED,
        start=activity.start_local,
        start_text=activity.wall_clock[:10] if activity.hidden_start else activity.wall_clock,
        start_time="" if activity.hidden_start else f"{activity.start_local:%H:%M}",
        sport=sport_words(activity.sport_type),
        facts=facts_of(activity),
        distance=format_distance(activity.distance_m) if activity.distance_m else "",
        elapsed=format_duration(activity.elapsed_s),
        moving=format_duration(activity.moving_s),
        state=str(activity.state),
        verdict=str(activity.parkrun),
        parkrun=activity.badge,
        event_name=activity.event_name,
        reasons=activity.reasons,
        route=route_path(activity.polyline, most=route_points) if route_points else "",
        url=activity.url,
        garmin=garmin,
        device="" if garmin else activity.device_name,
        visible_to=VISIBILITY.get(activity.visibility, ""),
    )


def latest_removal_words(athlete_id: int) -> RemovalWords | None:
    if (found := latest_removal(athlete_id)) is None:
        return None
    removal, rows = found
    if len(rows) > 1:
        return RemovalWords(removal.pk, f"Removed {quantity(len(rows), 'activity', 'activities')}.")
    was_saved = before_of(removal)[rows[0].strava_id].state == Activity.State.SAVED
    return RemovalWords(removal.pk, f"{'Removed' if was_saved else 'Dismissed'} “{rows[0].name or UNTITLED}”.")


def empty_list_words(page: dict[str, Any]) -> EmptyListWords:
    choice = page["choice"]
    if page["before"]:
        return EmptyListWords("That's the end of the list", "", "newest")
    if page["year"]:
        return EmptyListWords(f"Nothing from {page['year']}", "", "any_year")
    if choice == "unsaved" and page["some_saved"]:
        text = "Activities you haven't saved show up here for a week after each import."
        return EmptyListWords("Everything is saved", text, "")
    if page["parkruns_to_save"] and choice != "all":
        heading = f"No {'parkruns' if choice == 'parkruns' else 'activities'} saved"
        return EmptyListWords(heading, "You removed your parkruns from here. You can have them back.", "save_parkruns")
    if choice == "parkruns":
        text = "Import your runs from Strava and your parkruns will be here."
        return EmptyListWords("No parkruns yet", text, "import")
    if choice == "saved":
        text = (
            "When you import from Strava, definite parkruns are saved automatically. "
            "You can save anything else yourself."
        )
        return EmptyListWords("Nothing saved yet", text, "import")
    return EmptyListWords("Nothing imported yet", "", "import")


def remove_all_heading(count: int) -> str:
    if not count:
        return "Nothing to remove"
    return f"Remove {'your saved activity' if count == 1 else f'all {count:,} saved activities'}?"
