"""manage.py reconsider lists changes, stores them with --apply, and does not change what athletes have decided."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.parkrun.rules import RULES_VERSION
from strava_live.sync.decisions import record_not_a_parkrun, record_parkrun_at, unsave_activity
from strava_live.sync.models import SyncRun
from tests.sync.runs import SATURDAY, parkrun, store, strava_run, sync_run_of


@pytest.fixture
def run(athlete: User) -> SyncRun:
    return sync_run_of(athlete)


def reconsider(*arguments: str) -> list[str]:
    output = StringIO()
    call_command("reconsider", *arguments, stdout=output)
    return output.getvalue().splitlines()


def everything() -> list[object]:
    return [*Activity.objects.order_by("pk").values(), *ParkrunResult.objects.order_by("pk").values()]


@pytest.fixture
def judged_by_older_rules(run: SyncRun, events: None) -> SyncRun:
    """An import that was judged by older rules, which missed a parkrun and took a swim for one."""
    store(run, parkrun(1), parkrun(2, SATURDAY - timedelta(days=7), sport_type="Swim"), strava_run(3, SATURDAY))
    Activity.objects.filter(strava_id=1).update(
        parkrun="", event_slug="", event_name="", state="found", rules_version=0
    )
    Activity.objects.filter(strava_id=2).update(
        parkrun="sure", event_slug="bushy", event_name="Bushy parkrun", state="saved", rules_version=0
    )
    ParkrunResult.objects.all().delete()
    return run


def test_reconsider_without_apply_changes_nothing(judged_by_older_rules: SyncRun) -> None:
    before = everything()

    lines = reconsider()

    assert everything() == before
    assert lines[0] == f"3 activities judged by rules {RULES_VERSION}. Would change:"
    assert "1 × no parkrun → sure" in lines
    assert "1 × sure → no parkrun" in lines
    assert lines[-1] == "Nothing was stored. Run it with --apply to store the changes."


def test_reconsider_applies_once(judged_by_older_rules: SyncRun) -> None:
    lines = reconsider("--apply")
    after = everything()

    assert lines[-1] == "The changes were stored."
    assert {row.strava_id: (row.parkrun, row.state) for row in Activity.objects.all()} == {
        1: ("sure", "saved"),
        2: ("", "found"),
        3: ("", "found"),
    }
    assert [row.activity and row.activity.strava_id for row in ParkrunResult.objects.all()] == [1]
    assert len({row.mark for row in Activity.objects.all()}) == 3
    assert reconsider("--apply") == [f"3 activities judged by rules {RULES_VERSION}: nothing has changed."]
    assert everything() == after


def test_reconsider_tells_other_reasons_from_other_rules(run: SyncRun, events: None) -> None:
    store(run, *(parkrun(number, SATURDAY - timedelta(days=7 * number)) for number in (1, 2, 3)))
    Activity.objects.filter(strava_id__in=(1, 2)).update(rules_version=1)
    Activity.objects.filter(strava_id=2).update(reasons=[{"code": "as_written", "text": "It was fast"}])

    lines = reconsider()

    assert {"1 × with other reasons only", "1 × with the same reasons, by newer rules"} <= set(lines)
    assert len(lines) == 4


def test_reconsider_leaves_settled_and_dismissed_activities_alone(run: SyncRun, events: None) -> None:
    weeks = [SATURDAY - timedelta(days=7 * week) for week in range(3)]
    store(run, *(parkrun(number, start) for number, start in enumerate(weeks, start=1)))
    unsave_activity(run.athlete_id, 1)
    record_not_a_parkrun(run.athlete_id, 2)
    record_parkrun_at(run.athlete_id, 3, "wimbledon")
    Activity.objects.update(rules_version=0)
    before = everything()

    assert reconsider("--apply") == [f"3 activities judged by rules {RULES_VERSION}: nothing has changed."]
    assert everything() == before


def test_reconsider_without_activities(events: None) -> None:
    assert reconsider() == [f"0 activities judged by rules {RULES_VERSION}: nothing would change."]
