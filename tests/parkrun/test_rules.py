"""The rules by table: each case is an activity with the verdict that is right, and its reasons."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from simulators.strava.routes import encode
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.bundled import closed_events
from strava_live.parkrun.event import Event
from strava_live.parkrun.rules import RULES_VERSION, judge
from strava_live.parkrun.verdict import Status, Verdict
from strava_live.strava.payloads import read_activity
from tests.parkrun import cases_clock
from tests.parkrun.cases import Case, check
from tests.parkrun.recorded import atlas, event, recorded
from tests.parkrun.verdicts import CASES, digests, recorded_digests
from tests.strava.payloads import summary


def test_table_is_long_enough_and_every_label_is_its_own() -> None:
    assert len(CASES) >= 150
    assert len({case.label for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_judge_gives_the_right_verdict(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", cases_clock.CASES, ids=lambda case: case.label)
@pytest.mark.parametrize("hours", [-1, 1])
def test_judge_is_not_sure_an_hour_off(case: Case, hours: int) -> None:
    """What a rule without daylight saving would take for the right hour."""
    shifted = replace(case.activity, start=case.activity.start + timedelta(hours=hours))

    assert judge(shifted, atlas()).status is not Status.SURE


def test_judge_takes_what_strava_sends() -> None:
    new_farm = event("newfarm")
    line = encode([(new_farm.latitude, new_farm.longitude), (-27.46, 153.05)])
    sent = summary(start_latlng=[-27.47, 153.05], map={"summary_polyline": line})

    verdict = judge(read_activity(sent), atlas())

    assert verdict.status is Status.SURE
    assert verdict.event == new_farm
    assert verdict.day == date(2025, 11, 8)
    assert verdict.reasons == ("0 m from the New Farm start", "Started 2 minutes after 7:00 on a Saturday", "5.01 km")


def test_judge_knows_a_closed_event_until_it_closed() -> None:
    closed = Atlas([replace(event("bushy"), closed_on=date(2026, 2, 1))])

    before = judge(recorded("bushy", "2026-01-31T09:02+00:00"), closed)
    after = judge(recorded("bushy", "2026-02-07T09:02+00:00"), closed)
    titled = judge(recorded("bushy", "2026-02-07T09:02+00:00", name="Bushy parkrun"), closed)

    assert (before.status, after.status, titled.status) == (Status.SURE, Status.NO, Status.MAYBE)
    assert after.reasons == ("Bushy has been off parkrun's list since 1 February 2026",)


def test_judge_knows_events_that_closed_before_the_list_began() -> None:
    closed = Atlas(closed_events())
    montsouris, gorky = closed.by_slug("montsouris"), closed.by_slug("gorkypark")
    assert montsouris is not None
    assert gorky is not None

    def run_at(where: Event, at: str) -> Verdict:
        return judge(replace(recorded("bushy", at), start_latlng=(where.latitude, where.longitude)), closed)

    held, later = run_at(montsouris, "2019-06-01T09:02+02:00"), run_at(montsouris, "2023-06-03T09:02+02:00")
    assert (held.status, held.event, later.status) == (Status.SURE, montsouris, Status.NO)
    in_russia = run_at(gorky, "2019-06-01T09:02+03:00")
    assert (in_russia.status, in_russia.event) == (Status.SURE, gorky)


def test_judge_knows_the_former_place_of_an_event_that_moved() -> None:
    bushy = event("bushy")
    moved = Atlas([replace(bushy, latitude=51.5, former_places=((bushy.latitude, bushy.longitude),))])

    verdict = judge(recorded("bushy", "2026-01-31T09:02+00:00"), moved)

    assert verdict.status is Status.SURE


def test_judge_asks_where_nobody_knows_the_start() -> None:
    unknown = Atlas([replace(event("bushy"), starts=None)])

    verdict = judge(recorded("bushy", "2026-01-31T09:02+00:00"), unknown)

    assert verdict.status is Status.MAYBE
    assert "we don't know when Bushy starts" in "; ".join(verdict.reasons)


def test_judge_takes_the_activitys_own_zone_where_the_events_is_unknown() -> None:
    unknown = Atlas([replace(event("newfarm"), zone="")])

    by_name = judge(recorded("newfarm", "2026-02-06T21:02Z", zone="Australia/Brisbane"), unknown)
    by_offset = judge(recorded("newfarm", "2026-02-07T07:02+10:00", zone="Parkland/Atlantis"), unknown)

    assert (by_name.status, by_offset.status) == (Status.SURE, Status.SURE)


def test_judge_asks_where_strava_names_another_zone_by_which_it_fits() -> None:
    neighbours = Atlas([replace(event("bushy"), zone="Europe/Paris")])

    verdict = judge(recorded("bushy", "2026-02-07T09:02+00:00", zone="Europe/London"), neighbours)

    assert verdict.status is Status.MAYBE
    assert "Started 2 minutes after 9:00 on a Saturday, going by the time in Europe/London" in verdict.reasons


def test_judge_without_any_events_finds_none() -> None:
    assert judge(recorded("bushy", "2026-01-31T09:02+00:00"), Atlas(())).status is Status.NO


def test_changed_verdicts_come_with_a_new_rules_version() -> None:
    """Stored activities say by which rules they were judged: reconsider would not know that they are old."""
    version, before = recorded_digests()
    now = digests(CASES)

    changed = [label for label, digest in before.items() if now.get(label, digest) != digest]
    assert not changed or version != RULES_VERSION, f"raise RULES_VERSION: other verdicts on {changed}"
    assert version == RULES_VERSION, "record the verdicts of these rules: python -m tests.parkrun.verdicts"
    assert before.keys() <= now.keys(), "record the verdicts: cases are gone"
