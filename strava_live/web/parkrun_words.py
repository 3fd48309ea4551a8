"""The words of /parkruns/: a row for each parkrun, and the progress towards the next milestone."""

from dataclasses import dataclass

from strava_live.formats import format_duration, format_ordinal
from strava_live.parkrun.counting import CountedParkrun
from strava_live.parkrun.milestones import is_milestone, milestones_reached, next_milestone
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult


@dataclass(frozen=True)
class ParkrunRow:
    """One parkrun: its result, its number among the athlete's parkruns, and among those they volunteered at."""

    result: ParkrunResult
    number: CountedParkrun | None
    volunteered: int | None

    @property
    def time(self) -> str:
        return format_duration(self.result.time_s)

    @property
    def ordinal(self) -> str:
        return format_ordinal(self.number.count if self.number else 0)

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


@dataclass(frozen=True)
class MilestoneProgress:
    """How many parkruns an athlete has done, the milestones reached, and the next one.

    `unlisted` is how many of these parkruns came before the first one in the list, and are only counted.
    """

    label: str
    count: int
    reached: tuple[int, ...]
    following: int | None
    unlisted: int

    @property
    def to_go(self) -> int:
        return (self.following or self.count) - self.count

    @property
    def percent_to_next(self) -> int:
        """How much of the way from the last milestone to the next is done."""
        last = self.reached[-1] if self.reached else 0
        return 100 * (self.count - last) // (self.following - last) if self.following else 100


def milestone_progress(label: str, count: int, unlisted: int, *, junior: bool = False) -> MilestoneProgress:
    reached = milestones_reached(count, junior=junior)
    return MilestoneProgress(label, count, reached, next_milestone(count, junior=junior), unlisted)
