"""Compares the activities of one athlete on one day.

A warm-up, a parkrun and a cool-down are one parkrun, and so are the recordings of two watches. On 1 January two
parkruns at two events are two.

While a history is imported, more activities of a day become known. Judging all known ones of the day again gives the
same result in the end, in whatever order they arrive.

A removed parkrun still competes with the other activities of its day. Otherwise the recording of a second watch would
be taken for the parkrun, and the removed one would be back.
"""

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.facts import ActivityFacts, start_place
from strava_live.parkrun.judgement import RANK, Certainty, Judgement
from strava_live.parkrun.reasons import Code, Reason
from strava_live.parkrun.rules import judge

SAME_RUN_S = 300
MOST_ON_NEW_YEAR = 2
LIKELY_M = 4_850.0, 5_250.0
LONG_PAUSES_S = 300


class RemovedParkrun(NamedTuple):
    """A parkrun that its athlete has removed, with the judgement it had."""

    activity: ActivityFacts
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Candidate:
    """An activity that, judged by itself, was or may have been a parkrun."""

    activity: ActivityFacts
    judgement: Judgement
    removed: bool = False

    @property
    def likelihood(self) -> tuple[float, ...]:
        """A sort key: the candidate with the greatest is taken for the parkrun."""
        activity = self.activity
        return (
            RANK[self.judgement.certainty],
            not activity.hidden_start,
            not activity.manual and start_place(activity) is not None,
            LIKELY_M[0] <= activity.distance_m <= LIKELY_M[1],
            activity.elapsed_s - activity.moving_s <= LONG_PAUSES_S,
            activity.elapsed_s,
            -activity.strava_id,
        )

    def same_run(self, other: "Candidate") -> bool:
        """Return whether both were recorded at the same time. False if a start is hidden or typed in."""
        one, two = self.activity, other.activity
        if any(activity.hidden_start or activity.manual for activity in (one, two)):
            return False
        ends = (activity.start + timedelta(seconds=activity.elapsed_s) for activity in (one, two))
        return (min(ends) - max(one.start, two.start)).total_seconds() > SAME_RUN_S


def judge_all(
    activities: Iterable[ActivityFacts],
    atlas: Atlas,
    *,
    removed: Iterable[RemovedParkrun] = (),
    saved: Container[int] = (),
) -> dict[int, Judgement]:
    """Judge the activities of one athlete. They must include everything that is known of their days.

    Removed parkruns are not judged but compared with, before the others of their day. Only the activities in `saved`
    (ids) are not compared with them: a recording that the athlete has kept beside a removed one stays.
    """
    judgements: dict[int, Judgement] = {}
    days: dict[tuple[date, bool], list[Candidate]] = defaultdict(list)
    removed_days: dict[tuple[date, bool], list[Candidate]] = defaultdict(list)
    for activity, judgement in removed:
        removed_days[judgement.day, judgement.junior].append(Candidate(activity, judgement, removed=True))
    for activity in activities:
        judgement = judgements[activity.strava_id] = judge(activity, atlas)
        if judgement.certainty is not Certainty.NO:
            days[judgement.day, judgement.junior].append(Candidate(activity, judgement))
    for day, candidates in days.items():
        if len(candidates) > 1 or day in removed_days:
            judgements |= judge_day(candidates, removed_days.get(day, []), saved)
    return judgements


def judge_day(candidates: list[Candidate], removed: list[Candidate], saved: Container[int]) -> dict[int, Judgement]:
    """Accept the likeliest candidate, then compare each further one with those accepted before it."""
    accepted: list[Candidate] = []
    judgements = {}
    for candidate in sorted(candidates, key=lambda one: one.likelihood, reverse=True):
        others = accepted if candidate.activity.strava_id in saved else [*removed, *accepted]
        judgement = judge_against(candidate, others)
        judgements[candidate.activity.strava_id] = judgement
        if judgement.certainty is not Certainty.NO:
            accepted.append(candidate)
    return judgements


def judge_against(candidate: Candidate, accepted: list[Candidate]) -> Judgement:
    judgement = candidate.judgement
    for other in accepted:
        if candidate.same_run(other):
            code = Code.RECORDING_OF_REMOVED if other.removed else Code.RECORDED_TWICE
            return Judgement.refusal(judgement.day, Reason.of(code, activity=other.activity.name))
        if judgement.event is not None and judgement.event == other.judgement.event:
            return refuse_or_ask(judgement, other)
    if not accepted:
        return judgement
    new_year = (judgement.day.month, judgement.day.day) == (1, 1)
    if new_year and len(accepted) < MOST_ON_NEW_YEAR:
        return judgement
    return refuse_or_ask(judgement, accepted[0])


def refuse_or_ask(judgement: Judgement, other: Candidate) -> Judgement:
    """Refuse a parkrun on a day that has its parkrun already, or ask if both fit completely at two events."""
    code = Code.OTHER_WAS_PARKRUN if other.judgement.certainty is Certainty.SURE else Code.OTHER_IS_LIKELIER
    reason = Reason.of(code, activity=other.activity.name, removed=other.removed)
    # Both fit completely: the list or a watch may be wrong, so ask the athlete.
    elsewhere = judgement.event != other.judgement.event
    ask = elsewhere and judgement.certainty is Certainty.SURE
    return judgement.only_maybe(reason) if ask else Judgement.refusal(judgement.day, reason)
