"""Concurrent writers: a chunk twice, a sync and a decision, a sync and an import. No duplicates and no deadlock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from strava_live.activities.models import Activity
from strava_live.parkrun.importing.drafts import create_draft
from strava_live.parkrun.importing.plan import NO_CHOICES
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.sync.decisions import save_activity, unsave_activity
from strava_live.sync.models import SyncRun
from strava_live.sync.results_by_hand import confirm_import
from tests.parkrun.pasted_texts import CSV
from tests.sync.runs import SATURDAY, parkrun, store
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
TODAY, NOW = date(2026, 11, 20), datetime(2026, 11, 20, 12, tzinfo=UTC)
ROUNDS = 8


def is_consistent() -> bool:
    """Return True if each saved parkrun has one result and each recognised result an activity."""
    saved = set(Activity.objects.saved().exclude(parkrun="").values_list("pk", flat=True))
    linked = list(ParkrunResult.objects.exclude(activity=None).values_list("activity_id", flat=True))
    bare = ParkrunResult.objects.filter(activity=None, source="recognised").exists()
    return sorted(linked) == sorted(saved) and not bare


def test_same_chunk_stored_three_times_at_once_is_stored_once(run: SyncRun, events: None) -> None:
    saturdays = [SATURDAY - timedelta(days=7 * week) for week in range(4)]
    chunk = [parkrun(number, start) for number, start in enumerate(saturdays, start=1)]

    together(*[lambda: store(SyncRun.objects.get(pk=run.pk), *chunk)] * 3)

    assert Activity.objects.count() == ParkrunResult.objects.count() == 4
    assert sorted(Activity.objects.values_list("mark", flat=True)) == [1, 2, 3, 4]
    assert is_consistent()


def test_decision_during_a_sync_stays(run: SyncRun, events: None) -> None:
    for turn in range(ROUNDS):
        store(run, parkrun(1), parkrun(2, SATURDAY - timedelta(days=7)))
        chosen, state = ((unsave_activity, "dismissed"), (save_activity, "saved"))[turn % 2]
        edited = [parkrun(1, name=f"edit {turn}"), parkrun(2, SATURDAY - timedelta(days=7), name=f"edit {turn}")]

        together(
            lambda edited=edited: store(SyncRun.objects.get(pk=run.pk), *edited),  # type: ignore[misc]
            lambda chosen=chosen: chosen(run.athlete_id, 1),  # type: ignore[misc]
            lambda chosen=chosen: chosen(run.athlete_id, 2),  # type: ignore[misc]
        )

        assert {row.state for row in Activity.objects.all()} == {state}
        assert {row.name for row in Activity.objects.all()} == {f"edit {turn}"}
        assert is_consistent()


def test_import_confirmed_during_a_sync_is_merged(run: SyncRun, events: None) -> None:
    draft = create_draft(run.athlete_id, CSV, today=TODAY, now=NOW)

    together(
        lambda: store(SyncRun.objects.get(pk=run.pk), parkrun(1)),
        lambda: confirm_import(run.athlete_id, draft.token, NO_CHOICES, now=NOW),
    )

    row = ParkrunResult.objects.get(event__slug="bushy")
    assert (row.official_time_s, row.activity_id) == (1471, Activity.objects.get().pk)
    assert ParkrunResult.objects.count() == 3
