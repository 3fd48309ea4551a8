"""The texts of /parkruns/: a row for each parkrun, the progress towards milestones, the events visited."""

from dataclasses import dataclass

from strava_live.formats import format_duration, format_ordinal
from strava_live.parkrun.counting import CountedParkrun, VisitedEvent
from strava_live.parkrun.milestones import is_milestone, milestones_reached, next_milestone
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult

BEST_WORDS = {"ever": "PB", "event": "PB here"}
"""What a personal best is called: the athlete's best anywhere, or at that event."""


@dataclass(frozen=True)
class ParkrunBadge:
    """A fact about a parkrun, and the CSS classes that it is shown with ("" for plain text)."""

    words: str
    classes: str


@dataclass(frozen=True)
class ParkrunRow:
    """One parkrun in the athlete's list, with its texts."""

    result: ParkrunResult
    number: CountedParkrun | None
    """Which of the athlete's parkruns it is (their 50th), and whether it was a best or their first at this event.

    None if they only volunteered.
    """
    volunteered: int | None
    """How many times they had volunteered, this time included; None if they did not volunteer at this one."""

    @property
    def time(self) -> str:
        return format_duration(self.result.time_s)

    @property
    def junior(self) -> bool:
        return self.result.event.series == ParkrunEvent.Series.JUNIOR

    @property
    def milestone(self) -> int | None:
        count = self.number.count if self.number else 0
        return count if is_milestone(count, junior=self.junior) else None

    @property
    def volunteer_milestone(self) -> int | None:
        count = self.volunteered or 0
        return count if is_milestone(count) else None

    @property
    def badges(self) -> list[ParkrunBadge]:
        return [*self.count_badges(), *self.volunteer_badges(), *self.achievement_badges()]

    def count_badges(self) -> list[ParkrunBadge]:
        if self.milestone:
            return [ParkrunBadge(f"Your {self.milestone}th!", "badge badge-milestone")]
        return [ParkrunBadge(f"your {format_ordinal(self.number.count)}", "")] if self.number else []

    def volunteer_badges(self) -> list[ParkrunBadge]:
        if self.volunteer_milestone:
            return [ParkrunBadge(f"volunteered: your {self.volunteer_milestone}th time!", "badge badge-milestone")]
        return [ParkrunBadge("volunteered", "badge badge-good")] if self.volunteered else []

    def achievement_badges(self) -> list[ParkrunBadge]:
        if self.number and self.number.best:
            return [ParkrunBadge(BEST_WORDS[self.number.best], "badge badge-warning")]
        return [ParkrunBadge("first time here", "badge")] if self.number and self.number.first_here else []


@dataclass(frozen=True)
class MilestoneProgress:
    """How far an athlete is on the way to the next milestone, in parkruns, junior parkruns or volunteering."""

    label: str
    count: int
    """How many they have done."""
    reached: tuple[int, ...]
    """The milestones that they have reached."""
    next: int | None
    """The next milestone, or None if all are reached."""
    unlisted: int
    """How many of `count` came before the first parkrun in their list. These are counted but not listed."""

    @property
    def to_go(self) -> int:
        return (self.next or self.count) - self.count

    @property
    def percent_to_next(self) -> int:
        """Return how much of the way from the last milestone to the next is done, as a percentage."""
        last = self.reached[-1] if self.reached else 0
        return 100 * (self.count - last) // (self.next - last) if self.next else 100


def milestone_progress(label: str, count: int, unlisted: int, *, junior: bool = False) -> MilestoneProgress:
    reached = milestones_reached(count, junior=junior)
    return MilestoneProgress(label, count, reached, next_milestone(count, junior=junior), unlisted)


def event_words(event: VisitedEvent) -> str:
    """Return "12×, volunteered 3× · 24:31" for an event that an athlete ran at 12 times, with their best time there."""
    visits = [f"{event.times}×"] if event.times else []
    visits += [f"volunteered {event.volunteered}×"] if event.volunteered else []
    best = format_duration(event.best_s)
    return f"{', '.join(visits)}{f' · {best}' if best else ''}"
