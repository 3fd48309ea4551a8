"""The forty club runners: whose next parkrun is special, and that the site counts their parkruns as the table says."""

import json
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from simulators.process import StandIn
from simulators.strava.activity import Activity
from simulators.strava.club_runners import FIRST_ID, RUNNERS, Runner, activities_of, add_club_runners
from simulators.strava.keeping import keep
from simulators.strava.limits import Limits
from simulators.strava.settings import Settings
from simulators.strava.site import Site
from strava_live.parkrun.judgement import Certainty
from strava_live.parkrun.milestones import is_milestone
from strava_live.parkrun.mornings import judge_all
from strava_live.strava.payloads import read_activity
from tests.parkrun.recorded import atlas

UNTIL = date(2026, 11, 19)
FIRST_START = 1_795_000_000.0


def lived(runner: Runner, *, until: date = UNTIL) -> list[Activity]:
    return activities_of(runner, FIRST_ID + RUNNERS.index(runner), seed=1, until=until)


def test_forty_runners_have_names_and_times_of_their_own() -> None:
    assert len(RUNNERS) == 40
    assert len({(one.firstname, one.lastname) for one in RUNNERS}) == 40
    assert len({one.firstname for one in RUNNERS}) == 40
    assert min(one.five_k for one in RUNNERS) >= "17:00"


def test_next_parkrun_is_special_for_some() -> None:
    counts = [one.parkruns for one in RUNNERS]
    milestones = [count + 1 for count in counts if is_milestone(count + 1)]
    assert sorted(milestones) == [25, 25, 25, 50, 50, 100, 250]
    assert counts.count(0) == 3
    [tourist] = [one for one in RUNNERS if one.parkruns and one.elsewhere == 1]
    assert "bushy" not in {activity.label.event for activity in lived(tourist)}


@pytest.mark.parametrize("until", [UNTIL, date(2027, 8, 1)], ids=str)
def test_site_recognises_as_many_parkruns_as_the_table_says(until: date) -> None:
    for runner in RUNNERS:
        activities = lived(runner, until=until)
        sent = [read_activity(json.loads(activity.written(precise=False))) for activity in activities]
        judged = judge_all(sent, atlas()).values()
        assert sum(one.certainty is Certainty.SURE for one in judged) == runner.parkruns, runner
        assert not any(one.certainty is Certainty.MAYBE for one in judged), runner
        assert 20 <= len(activities) <= 260


def test_most_parkruns_are_at_bushy() -> None:
    events = [one.label.event for runner in RUNNERS for one in lived(runner) if one.label.parkrun]
    assert 0.8 < events.count("bushy") / len(events) < 0.97


def test_latest_saturday_is_free() -> None:
    newest = max(one.start for runner in RUNNERS for one in lived(runner))
    assert datetime.fromtimestamp(newest, UTC).date() <= UNTIL


def test_histories_are_the_same_after_a_restart_weeks_later(tmp_path: Path) -> None:
    found = []
    for now in (FIRST_START, FIRST_START + 40 * 86_400):
        site = Site(Settings(), partial(Limits, lambda now=now: now), clock=lambda now=now: now)  # type: ignore[misc] # bound as a default
        add_club_runners(site, began=keep(site.tokens, tmp_path / "state.json", now=now))
        found.append([one.id for one in site.athletes[FIRST_ID].timeline.newest_first()])
    assert found[0] == found[1]


def test_stand_in_lists_them_beside_the_cast(strava: StandIn) -> None:
    runners = [one for one in strava.athletes() if one["club_runner"]]
    assert [one["id"] for one in runners] == [*range(FIRST_ID, FIRST_ID + 40)]
    assert {one["event"] for one in runners} == {"bushy"}
    assert runners[0]["activities"] == RUNNERS[0].parkruns + RUNNERS[0].training
