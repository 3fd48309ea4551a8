"""Reasons as codes and parameters: rounding, storing, and what makes two of them similar."""

import pytest

from strava_live.parkrun.mornings import judge_all
from strava_live.parkrun.reasons import (
    Code,
    Reason,
    read_reasons,
    round_length,
    round_minutes,
    round_rough,
    stored_reasons,
)
from strava_live.parkrun.wording import rough_distance
from tests.parkrun.judgements import CASES
from tests.parkrun.recorded import atlas


def test_stored_reasons_of_every_case_are_read_as_they_were() -> None:
    for case in CASES:
        (judgement,) = judge_all([case.activity], atlas()).values()
        assert read_reasons(stored_reasons(judgement.reasons)) == judgement.reasons


def test_reason_is_stored_as_one_object() -> None:
    reason = Reason.of(Code.NEAR_EVENT, metres=140, event="Bushy")

    assert reason.stored() == {"code": "near_event", "metres": 140, "event": "Bushy"}


def test_reasons_stored_by_another_version_are_kept_as_text() -> None:
    assert read_reasons(["Started at dawn", {"code": "by_moonlight", "phase": 3}]) == (
        Reason.of(Code.AS_WRITTEN, text="Started at dawn"),
        Reason.of(Code.AS_WRITTEN, text="by moonlight"),
    )


def test_similar_reasons_differ_only_in_figures_and_names_of_activities() -> None:
    def started(**parameters: str | int) -> Reason:
        return Reason.of(Code.STARTED, **{"minutes": 2, "announced": "09:00", "on": "saturday", **parameters}).kind

    def other(name: str, *, removed: bool = False) -> Reason:
        return Reason.of(Code.OTHER_WAS_PARKRUN, activity=name, removed=removed).kind

    assert started() == started(minutes=0, announced="09:30")
    assert started() != started(on="christmas")
    assert started() != started(unusual_at="Haga")
    assert other("Run 5") == other("Jog") != other("Jog", removed=True)
    assert Reason.of(Code.RATHER_SHORT, distance_m=4100).kind != Reason.of(Code.RATHER_LONG, distance_m=6100).kind


@pytest.mark.parametrize("metres", [0.0, 4.9, 144.6, 145.0, 145.4, 989.9, 994.99, 995.0, 1049.9, 1050.1, 1999.9])
def test_rounded_distance_reads_like_the_exact_one(metres: float) -> None:
    assert rough_distance(round_rough(metres)) == rough_distance(metres)


@pytest.mark.parametrize("metres", [0.4, 4594.99, 4995.0, 5004.999, 5005.0, 5015.0, 12345.6])
def test_rounded_length_reads_like_the_exact_one(metres: float) -> None:
    assert f"{round_length(metres) / 1000:.2f}" == f"{metres / 1000:.2f}"


def test_minutes_are_full_minutes() -> None:
    assert [round_minutes(seconds) for seconds in (0, 59, -59, 61, 150, -3660)] == [0, 0, 0, 1, 2, -61]
