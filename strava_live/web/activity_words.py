"""The words of an activity on pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from strava_live.activities.models import Activity
from strava_live.activities.removals import latest_removal, states_before
from strava_live.activities.route import route_path
from strava_live.activities.wording import badge_words, facts_of, sport_words
from strava_live.formats import format_distance, format_duration, quantity
from strava_live.parkrun.wording import sentences_of
from strava_live.web.words import UNTITLED, unsaved_kept_for

CHOICES = {"saved": "Saved", "parkruns": "Parkruns", "unsaved": "Not saved", "all": "All"}
"""The labels of the list's filter."""
VISIBILITY = {
    "everyone": "everyone",
    "followers_only": "your followers",
    "only_me": "only you",
}
"""Who can see an activity on Strava, by Strava's code."""
STATE_WORDS = {
    Activity.State.SAVED: ("Saved", "It stays here until you remove it."),
    Activity.State.DISMISSED: ("Removed", "Imports won't save it again. You still can."),
    Activity.State.FOUND: ("Not saved", "Unsaved activities are deleted after {unsaved_kept}."),
}
"""A heading and a sentence for each state of an activity."""


@dataclass(frozen=True)
class ActivityWords:
    """The texts and facts of one activity, for a row of a list and for the activity's page. A missing one is ""."""

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
    """What the rules or the athlete say: "sure" or "maybe" a parkrun, or ""."""
    parkrun: str
    """The badge to show: "sure", "maybe" or "" for none."""
    event_name: str
    reasons: list[str]
    """Why the rules gave this verdict."""
    route: str
    """The route as an SVG path."""
    url: str
    garmin: str
    """The name of a Garmin device, which Garmin requires beside the activity."""
    device: str
    """The name of a recording device of another make."""
    visible_to: str
    """Who can see the activity on Strava."""

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
    def when(self) -> str:
        """Return the start: "Saturday 21 November 2026, 09:02 local time", or the day alone if the time is hidden."""
        day = f"{self.start:%A} {self.start.day} {self.start:%B %Y}"
        return f"{day}, {self.start_time} local time" if self.start_time else day

    @property
    def after_when(self) -> list[str]:
        """Return what the activity's page says after the start."""
        return [part for part in ("" if self.start_time else "Start time hidden", self.sport) if part]

    @property
    def figures(self) -> list[str]:
        """Return the facts of a row: start time, distance, elapsed time and sport."""
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
        return STATE_WORDS[Activity.State(self.state)][1].format(unsaved_kept=unsaved_kept_for())

    @property
    def save_label(self) -> str:
        """The label of the button that saves the activity; "" if it is saved."""
        if self.saved:
            return ""
        return "Yes, a parkrun" if self.parkrun == "maybe" else "Save"

    @property
    def remove_label(self) -> str:
        """The label of the button that removes a saved activity or dismisses a maybe; "" for any other activity."""
        if self.saved:
            return "Remove"
        return "No, not a parkrun" if self.parkrun == "maybe" else ""


@dataclass(frozen=True)
class RemovalWords:
    """What a page says about the latest removal of activities, which the athlete can undo."""

    pk: int
    words: str
    """A sentence such as "Removed 3 activities."."""


@dataclass(frozen=True)
class EmptyListWords:
    """What the list of activities says if it has no rows, and which link or button it offers."""

    heading: str
    text: str
    action: str
    """The link or button: newest, any_year, save_parkruns or import; "" for none."""


def activity_words(activity: Activity, *, route_points: int = 0) -> ActivityWords:
    """Describe an activity. About `route_points` points of its route are drawn; 0 draws none."""
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
        reasons=sentences_of(activity.reasons),
        route=route_path(activity.polyline, most=route_points) if route_points else "",
        url=activity.url,
        garmin=activity.garmin_device,
        device="" if activity.garmin_device else activity.device_name,
        visible_to=VISIBILITY.get(activity.visibility, ""),
    )


def latest_removal_words(athlete_id: int) -> RemovalWords | None:
    if (found := latest_removal(athlete_id)) is None:
        return None
    removal, rows = found
    if len(rows) > 1:
        return RemovalWords(removal.pk, f"Removed {quantity(len(rows), 'activity', 'activities')}.")
    was_saved = states_before(removal)[rows[0].strava_id].state == Activity.State.SAVED
    return RemovalWords(removal.pk, f"{'Removed' if was_saved else 'Dismissed'} “{rows[0].name or UNTITLED}”.")


def empty_list_words(page: dict[str, Any]) -> EmptyListWords:
    choice = page["choice"]
    if page["before"]:
        return EmptyListWords("That's the end of the list", "", "newest")
    if page["year"]:
        return EmptyListWords(f"Nothing from {page['year']}", "", "any_year")
    if choice == "unsaved" and page["some_saved"]:
        text = f"Activities you haven't saved show up here for {unsaved_kept_for()} after each import."
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
