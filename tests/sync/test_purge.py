"""Activities that are only found are deleted after a week. Saved and dismissed ones stay."""

import contextlib
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.parkrun.result_models import ImportDraft
from strava_live.sync import purge
from strava_live.sync.decisions import UnknownActivity, save_activity
from tests.together import together
from tests.web import kept

pytestmark = pytest.mark.django_db(transaction=True)
WEEK = timedelta(days=7)


def seen(athlete: User, strava_id: int, ago: timedelta, state: str) -> None:
    kept.activity(athlete, strava_id, state=state, seen_at=timezone.now() - ago)


def test_save_during_a_purge_keeps_the_activity_or_fails() -> None:
    for turn in range(1, 7):
        athlete = User.objects.create_user(f"athlete-{turn}")
        seen(athlete, turn, 2 * WEEK, "found")
        saved: list[int] = []

        def save(athlete: User = athlete, turn: int = turn, saved: list[int] = saved) -> None:
            with contextlib.suppress(UnknownActivity):
                save_activity(athlete.pk, turn)
                saved.append(turn)

        together(purge.purge_batch, save)

        assert list(Activity.objects.of(athlete.pk).values_list("strava_id", "state")) == [
            (one, "saved") for one in saved
        ]


def test_unconfirmed_import_is_deleted_after_a_day(athlete: User, clubmate: User) -> None:
    for person, hours in ((athlete, 25), (clubmate, 23)):
        made_at = timezone.now() - timedelta(hours=hours)
        ImportDraft.objects.create(athlete=person, token="x", content={}, made_at=made_at)

    async_to_sync(purge.purge_drafts)()

    assert [draft.athlete for draft in ImportDraft.objects.all()] == [clubmate]


def test_only_activities_found_a_week_ago_are_deleted(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "BATCH", 2)
    for number in range(5):
        seen(athlete, 10 + number, WEEK + timedelta(minutes=1), "found")
    seen(athlete, 1, WEEK - timedelta(minutes=1), "found")
    seen(athlete, 2, 3 * WEEK, "saved")
    seen(athlete, 3, 3 * WEEK, "dismissed")

    async_to_sync(purge.purge_found_activities)()

    assert sorted(Activity.objects.values_list("strava_id", flat=True)) == [1, 2, 3]
