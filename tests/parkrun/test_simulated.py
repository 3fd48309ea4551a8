"""A simulated Saturday: the rules accept its parkruns on any day, and stay as strict about everything else."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from strava_live.parkrun.judgement import Certainty
from strava_live.parkrun.mornings import judge_all
from strava_live.parkrun.rules import judge
from strava_live.parkrun.simulated import SimulatedSaturday
from tests.parkrun.cases import Case, check, sentences
from tests.parkrun.cases_simulated import CASES, ON_TIME, simulated_atlas
from tests.parkrun.judgements import CASES as REAL_CASES
from tests.parkrun.recorded import atlas, recorded


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_judge_accepts_a_simulated_saturday(case: Case) -> None:
    check(case, simulated_atlas())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_judge_without_a_simulated_saturday_finds_no_parkrun_on_that_day(case: Case) -> None:
    assert judge(case.activity, atlas()).certainty is Certainty.NO


def test_simulated_saturday_changes_no_other_judgement() -> None:
    assert [judge(case.activity, simulated_atlas()) for case in REAL_CASES] == [
        judge(case.activity, atlas()) for case in REAL_CASES
    ]


def test_day_of_a_simulated_parkrun_is_that_of_its_event() -> None:
    assert judge(ON_TIME.activity, simulated_atlas()).day == date(2026, 11, 27)


def test_start_is_shown_in_the_time_zone_of_the_event() -> None:
    started = SimulatedSaturday.at("newfarm", "2026-11-27T14:05:00Z")

    judgement = judge(recorded("newfarm", "2026-11-28T00:07+10:00"), atlas().with_simulated([started]))

    assert judgement.certainty is Certainty.SURE
    assert judgement.day == date(2026, 11, 28)
    assert "Started 2 minutes after 0:05 on a simulated Saturday" in sentences(judgement)


def test_one_parkrun_a_day_at_an_event_holds_for_simulated_saturdays() -> None:
    """A second simulated Saturday of the day, an hour later, is not a second parkrun."""
    twice = atlas().with_simulated(
        [SimulatedSaturday.at("bushy", "2026-11-27T14:05Z"), SimulatedSaturday.at("bushy", "2026-11-27T15:05Z")]
    )
    first = recorded("bushy", "2026-11-27T14:06+00:00")
    second = replace(recorded("bushy", "2026-11-27T15:06+00:00"), strava_id=2)

    judgements = judge_all([first, second], twice)

    assert sorted(judgement.certainty for judgement in judgements.values()) == ["no", "sure"]


def test_saturday_starts_at_a_full_minute_of_utc() -> None:
    assert SimulatedSaturday.at("bushy", "2026-11-27T15:05:59+01:00") == SimulatedSaturday(
        "bushy", datetime(2026, 11, 27, 14, 5, tzinfo=UTC)
    )


@pytest.mark.parametrize("started_at", ["", "yesterday", "2026-11-27T14:05:00"])
def test_saturday_needs_an_instant(started_at: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid isoformat string|without an offset"):
        SimulatedSaturday.at("bushy", started_at)
