"""The parkrun rules on histories that the stand-in for Strava makes and labels without knowing the rules."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from simulators.strava.activity import Activity, Label
from simulators.strava.histories import histories
from strava_live.parkrun.judgement import Certainty, Judgement
from strava_live.parkrun.mornings import judge_all
from strava_live.strava.payloads import read_activity
from tests.parkrun.cases import sentences
from tests.parkrun.recorded import atlas

UNTIL = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp())
AFTER_THE_PANDEMIC = int(datetime(2022, 9, 1, tzinfo=UTC).timestamp())
ATHLETES = 200
"""How many athletes' histories are judged with exact places, and again with rounded ones."""


class Judged(NamedTuple):
    activity: Activity
    label: Label
    judgement: Judgement

    def __str__(self) -> str:
        one, found = self.activity, self.judgement.event
        when = datetime.fromtimestamp(one.start, UTC)
        return (
            f"\n{one.name!r} {one.sport_type} {when} {one.zone} {one.distance} m in {one.elapsed_time} s"
            f"\n  expected  {'a parkrun' if self.label.parkrun else 'none'} at {self.label.event}: {self.label.why}"
            f"\n  given     {self.judgement.certainty} at {found and found.slug}: {sentences(self.judgement)}"
        )


def judged_histories(
    *, seed: int, precise: bool, athletes: int = ATHLETES, until: int = UNTIL, years: float = 1.0
) -> Iterator[list[Judged]]:
    for _, activities in histories(seed=seed, athletes=athletes, until=until, years=years):
        sent = [read_activity(json.loads(activity.written(precise=precise))) for activity in activities]
        judgements = judge_all(sent, atlas())
        yield [Judged(activity, activity.label, judgements[activity.id]) for activity in activities]


@pytest.mark.parametrize("precise", [True, False], ids=["exact places", "rounded places"])
def test_histories_are_judged_as_they_are_labelled(precise: bool) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}, {'exact' if precise else 'rounded'} places")  # noqa: T201 - to repeat a failure
    by_athlete = list(judged_histories(seed=seed, precise=precise))
    everything = [one for athlete in by_athlete for one in athlete]

    wrong = [one for one in everything if one.judgement.certainty is Certainty.SURE and not right(one)]
    clear = [one for one in everything if one.label.parkrun and one.label.clear]
    missed = [one for one in clear if one.judgement.certainty is not Certainty.SURE or not right(one)]
    junior = [one for one in everything if one.label.junior]

    print(f"{len(everything)} activities, {len(clear)} clear parkruns, {len(missed)} missed")  # noqa: T201
    assert not wrong, f"seed {seed}: called sure and are not: {''.join(map(str, wrong[:10]))}"
    assert len(clear) > 2000, "too few parkruns for this test"
    assert len(missed) <= len(clear) / 100, f"seed {seed}: missed: {''.join(map(str, missed[:10]))}"
    assert all(one.judgement.certainty is not Certainty.SURE for one in junior)
    assert sum(one.judgement.junior for one in junior) >= 0.95 * len(junior)
    assert not [one for athlete in by_athlete for one in doubles(athlete)], f"seed {seed}: counted twice"


def test_nothing_is_called_sure_while_its_event_was_suspended() -> None:
    """The stand-in knows when each event was back. The rules know only when most events of a country were."""
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")  # noqa: T201 - to repeat a failure
    by_athlete = judged_histories(seed=seed, precise=True, athletes=100, until=AFTER_THE_PANDEMIC, years=2.0)
    everything = [one for athlete in by_athlete for one in athlete]

    wrong = [one for one in everything if one.judgement.certainty is Certainty.SURE and not right(one)]
    suspended = [one for one in everything if one.label.why == "on the course, while events were suspended"]
    held = [one for one in everything if one.label.why == "at the event, in time, in the pandemic"]

    assert not wrong, f"seed {seed}: called sure and are not: {''.join(map(str, wrong[:10]))}"
    assert len(suspended) > 300, "too few suspended runs for this test"
    assert sum(one.judgement.certainty is Certainty.SURE for one in held) > len(held) / 2


def right(one: Judged) -> bool:
    """Return whether the label says parkrun, and names the same event if it names one."""
    found = one.judgement.event
    return one.label.parkrun and (one.label.event is None or (found is not None and found.slug == one.label.event))


def doubles(athlete: list[Judged]) -> list[Judged]:
    """Return the sure activities whose second recording is sure, too."""
    sure = {one.activity.id for one in athlete if one.judgement.certainty is Certainty.SURE}
    return [one for one in athlete if one.activity.id in sure and one.label.double_of in sure]
