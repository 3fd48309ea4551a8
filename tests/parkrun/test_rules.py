"""The rules on tables of cases, each an activity with its right judgement and reasons."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from simulators.strava.routes import encode
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.bundled import closed_events
from strava_live.parkrun.event import Event
from strava_live.parkrun.judgement import Certainty, Judgement
from strava_live.parkrun.rules import RULES_VERSION, judge
from strava_live.strava.payloads import read_activity
from tests.parkrun import cases_clock
from tests.parkrun.cases import Case, check, sentences
from tests.parkrun.judgements import CASES, digests, recorded_digests
from tests.parkrun.recorded import atlas, event, recorded
from tests.strava.payloads import summary


def test_there_are_many_cases_with_unique_labels() -> None:
    assert len(CASES) >= 150
    assert len({case.label for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_judge_gives_the_right_judgement(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", cases_clock.CASES, ids=lambda case: case.label)
@pytest.mark.parametrize("hours", [-1, 1])
def test_judge_is_not_sure_an_hour_off(case: Case, hours: int) -> None:
    """A rule without daylight saving would be sure here."""
    shifted = replace(case.activity, start=case.activity.start + timedelta(hours=hours))

    assert judge(shifted, atlas()).certainty is not Certainty.SURE


def test_judge_reads_an_activity_as_strava_sends_it() -> None:
    new_farm = event("newfarm")
    line = encode([(new_farm.latitude, new_farm.longitude), (-27.46, 153.05)])
    sent = summary(start_latlng=[-27.47, 153.05], map={"summary_polyline": line})

    judgement = judge(read_activity(sent), atlas())

    assert judgement.certainty is Certainty.SURE
    assert judgement.event == new_farm
    assert judgement.day == date(2025, 11, 8)
    assert sentences(judgement) == (
        "0 m from the New Farm start",
        "Started 2 minutes after 7:00 on a Saturday",
        "5.01 km",
    )


def test_judge_knows_a_closed_event_until_it_closed() -> None:
    closed = Atlas([replace(event("bushy"), closed_on=date(2026, 2, 1))])

    before = judge(recorded("bushy", "2026-01-31T09:02+00:00"), closed)
    after = judge(recorded("bushy", "2026-02-07T09:02+00:00"), closed)
    titled = judge(recorded("bushy", "2026-02-07T09:02+00:00", name="Bushy parkrun"), closed)

    assert (before.certainty, after.certainty, titled.certainty) == (Certainty.SURE, Certainty.NO, Certainty.MAYBE)
    assert sentences(after) == ("Bushy has been off parkrun's list since 1 February 2026",)


def test_judge_knows_events_that_closed_before_the_list_began() -> None:
    closed = Atlas(closed_events())
    montsouris, gorky = closed.by_slug("montsouris"), closed.by_slug("gorkypark")
    assert montsouris is not None
    assert gorky is not None

    def run_at(where: Event, at: str) -> Judgement:
        return judge(replace(recorded("bushy", at), start_latlng=(where.latitude, where.longitude)), closed)

    held, later = run_at(montsouris, "2019-06-01T09:02+02:00"), run_at(montsouris, "2023-06-03T09:02+02:00")
    assert (held.certainty, held.event, later.certainty) == (Certainty.SURE, montsouris, Certainty.NO)
    in_russia = run_at(gorky, "2019-06-01T09:02+03:00")
    assert (in_russia.certainty, in_russia.event) == (Certainty.SURE, gorky)


def test_judge_knows_the_former_place_of_an_event_that_moved() -> None:
    bushy = event("bushy")
    moved = Atlas([replace(bushy, latitude=51.5, former_places=((bushy.latitude, bushy.longitude),))])

    judgement = judge(recorded("bushy", "2026-01-31T09:02+00:00"), moved)

    assert judgement.certainty is Certainty.SURE


def test_unknown_start_of_an_event_is_a_maybe() -> None:
    unknown = Atlas([replace(event("bushy"), starts=None)])

    judgement = judge(recorded("bushy", "2026-01-31T09:02+00:00"), unknown)

    assert judgement.certainty is Certainty.MAYBE
    assert "we don't know when Bushy starts" in "; ".join(sentences(judgement))


def test_judge_uses_the_activitys_zone_if_the_events_is_unknown() -> None:
    unknown = Atlas([replace(event("newfarm"), zone="")])

    by_name = judge(recorded("newfarm", "2026-02-06T21:02Z", zone="Australia/Brisbane"), unknown)
    by_offset = judge(recorded("newfarm", "2026-02-07T07:02+10:00", zone="Parkland/Atlantis"), unknown)

    assert (by_name.certainty, by_offset.certainty) == (Certainty.SURE, Certainty.SURE)


def test_start_that_fits_only_in_stravas_zone_is_a_maybe() -> None:
    neighbours = Atlas([replace(event("bushy"), zone="Europe/Paris")])

    judgement = judge(recorded("bushy", "2026-02-07T09:02+00:00", zone="Europe/London"), neighbours)

    assert judgement.certainty is Certainty.MAYBE
    assert "Started 2 minutes after 9:00 on a Saturday, going by the time in Europe/London" in sentences(judgement)


def test_judge_without_any_events_finds_none() -> None:
    assert judge(recorded("bushy", "2026-01-31T09:02+00:00"), Atlas(())).certainty is Certainty.NO


def test_changed_judgements_need_a_new_rules_version() -> None:
    """Stored activities have the version they were judged by; without a new one they would not count as outdated."""
    version, before = recorded_digests()
    now = digests(CASES)

    changed = [label for label, digest in before.items() if now.get(label, digest) != digest]
    assert not changed or version != RULES_VERSION, f"raise RULES_VERSION: other judgements on {changed}"
    assert version == RULES_VERSION, "record the judgements of these rules: python -m tests.parkrun.judgements"
    assert before.keys() <= now.keys(), "record the judgements: cases are gone"
