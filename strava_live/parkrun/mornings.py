"""Several activities of one athlete on one day: a warm-up, the parkrun and a cool-down are one parkrun, and so are two
watches; on 1 January two parkruns at two events are two.

Which activities of a day are known may change while a history comes in: judging all that are known of the day again
gives the same answer in the end, in whatever order they came.

A parkrun that its athlete has removed keeps its place: otherwise the second watch of that morning would become the
parkrun, and what was removed would be back.
"""

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.facts import ActivityFacts, where_begun
from strava_live.parkrun.rules import judge
from strava_live.parkrun.verdict import CERTAINTY, Status, Verdict

SAME_RUN_S = 300
MOST_ON_NEW_YEAR = 2
LIKELY_M = 4_850.0, 5_250.0
LONG_PAUSES_S = 300


class Removed(NamedTuple):
    """A parkrun that its athlete has removed, with the verdict it had."""

    activity: ActivityFacts
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Claim:
    """An activity that was a parkrun as far as it alone tells."""

    activity: ActivityFacts
    verdict: Verdict
    removed: bool = False

    @property
    def merit(self) -> tuple[float, ...]:
        """The greater, the likelier to be the one that counts among several of one morning."""
        activity = self.activity
        return (
            CERTAINTY[self.verdict.status],
            not activity.hidden_start,
            not activity.manual and where_begun(activity) is not None,
            LIKELY_M[0] <= activity.distance_m <= LIKELY_M[1],
            activity.elapsed_s - activity.moving_s <= LONG_PAUSES_S,
            activity.elapsed_s,
            -activity.strava_id,
        )

    def same_run(self, other: "_Claim") -> bool:
        """Whether both were recorded at the same time. Nobody can tell where a start is hidden or typed in."""
        one, two = self.activity, other.activity
        if any(activity.hidden_start or activity.manual for activity in (one, two)):
            return False
        ends = (activity.start + timedelta(seconds=activity.elapsed_s) for activity in (one, two))
        return (min(ends) - max(one.start, two.start)).total_seconds() > SAME_RUN_S


def judge_all(
    activities: Iterable[ActivityFacts],
    atlas: Atlas,
    *,
    removed: Iterable[Removed] = (),
    saved: Container[int] = (),
) -> dict[int, Verdict]:
    """A verdict for each activity of one athlete, by its id. Whatever else is known of the days must be among them.

    `removed` are not judged. They stand before the others of their day, except before those in `saved` (by id): what
    the athlete has kept beside a removed recording stays.
    """
    verdicts: dict[int, Verdict] = {}
    days: dict[tuple[date, bool], list[_Claim]] = defaultdict(list)
    gone: dict[tuple[date, bool], list[_Claim]] = defaultdict(list)
    for activity, verdict in removed:
        gone[verdict.day, verdict.junior].append(_Claim(activity, verdict, removed=True))
    for activity in activities:
        verdict = verdicts[activity.strava_id] = judge(activity, atlas)
        if verdict.status is not Status.NO:
            days[verdict.day, verdict.junior].append(_Claim(activity, verdict))
    for day, claims in days.items():
        if len(claims) > 1 or day in gone:
            verdicts |= _settled(claims, gone.get(day, []), saved)
    return verdicts


def _settled(claims: list[_Claim], gone: list[_Claim], saved: Container[int]) -> dict[int, Verdict]:
    """The best claim stands; the others are measured by those that stand already."""
    standing: list[_Claim] = []
    settled = {}
    for claim in sorted(claims, key=lambda one: one.merit, reverse=True):
        verdict = _beside(claim, standing if claim.activity.strava_id in saved else [*gone, *standing])
        settled[claim.activity.strava_id] = verdict
        if verdict.status is not Status.NO:
            standing.append(claim)
    return settled


def _beside(claim: _Claim, standing: list[_Claim]) -> Verdict:
    verdict = claim.verdict
    for other in standing:
        if claim.same_run(other):
            said = "which you removed" if other.removed else "recorded twice"
            return Verdict.none(verdict.day, f"The same run as “{other.activity.name}”, {said}")
        if verdict.event is not None and verdict.event == other.verdict.event:
            return _another(verdict, other)
    if not standing:
        return verdict
    if (verdict.day.month, verdict.day.day) == (1, 1):
        return verdict if len(standing) < MOST_ON_NEW_YEAR else _another(verdict, standing[0])
    return _another(verdict, standing[0])


def _another(verdict: Verdict, other: _Claim) -> Verdict:
    """One more than there are parkruns in a day: an event is held once, and nobody is at two, but on 1 January."""
    certain = other.verdict.status is Status.SURE
    name = f"“{other.activity.name}”" + (", which you removed," if other.removed else "")
    said = f"{name} {'was' if certain else 'is more likely to have been'} the parkrun that day"
    # Two that fit in everything: the list or a clock may be wrong, so the athlete is asked.
    elsewhere = verdict.event != other.verdict.event
    ask = elsewhere and verdict.status is Status.SURE
    return verdict.only_maybe(said) if ask else Verdict.none(verdict.day, said)
