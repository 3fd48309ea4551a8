"""Compare the activities of one athlete on one day, so that a morning's parkrun is recognised once.

rules.py judges each activity by itself. Here a warm-up, a parkrun and a cool-down become one parkrun, and so do the
recordings of two watches. A sure parkrun at a second event becomes a maybe, except on 1 January, when there may be two.

While a history is imported, the activities of a day arrive in any order. All known activities of the day are judged
again each time, so the order makes no difference in the end.

A parkrun that its athlete has removed is still compared with the others of its day. Otherwise the recording of a second
watch would be taken for the parkrun, and the removed parkrun would be back.
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
"""Two activities that overlap for more seconds than this are two recordings of one run."""
MOST_ON_NEW_YEAR = 2
"""The largest number of parkruns of one athlete on 1 January."""
LIKELY_M = 4_850.0, 5_250.0
"""The lengths of most recordings of a 5 km parkrun."""
LONG_PAUSES_S = 300
"""The most seconds that all pauses together are likely to take in a parkrun."""


class RemovedParkrun(NamedTuple):
    """A parkrun that its athlete has removed, with the judgement it had."""

    activity: ActivityFacts
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Candidate:
    """An activity that was or may have been a parkrun, as judged by itself."""

    activity: ActivityFacts
    judgement: Judgement
    removed: bool = False

    @property
    def likelihood(self) -> tuple[float, ...]:
        """A sort key. The candidates of a day are judged from the greatest key to the smallest."""
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
        """Return whether both are recordings of one run. False if a start time is hidden or typed in."""
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
    """Judge the activities of one athlete, and return the judgements by Strava id.

    `activities` must include all known activities of their days. The removed parkruns are not judged, but the other
    activities of their days are compared with them first. The activities whose Strava ids are in `saved` are not
    compared with removed parkruns: an athlete may keep one recording of a parkrun and remove another.
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
    """Judge the candidates of one day, the likeliest first, each against those accepted before it.

    A candidate that is not saved is also judged against the removed parkruns.
    """
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
    """Return the candidate's own judgement if it can be a parkrun beside the accepted ones, else a lower one."""
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
    """Lower the judgement because `other` is taken for the parkrun of the day.

    A sure parkrun at another event becomes a maybe. Every other judgement becomes a no.
    """
    code = Code.OTHER_WAS_PARKRUN if other.judgement.certainty is Certainty.SURE else Code.OTHER_IS_LIKELIER
    reason = Reason.of(code, activity=other.activity.name, removed=other.removed)
    # The list of events or a watch may be wrong, so ask the athlete.
    elsewhere = judgement.event != other.judgement.event
    ask = elsewhere and judgement.certainty is Certainty.SURE
    return judgement.only_maybe(reason) if ask else Judgement.refusal(judgement.day, reason)
