"""Rows that are stored for a limited time are deleted in time, and those that are still needed are not."""

import contextlib
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.parkrun.result_models import ImportDraft
from strava_live.sync import purge
from strava_live.sync.continuing import continued_until
from strava_live.sync.decisions import UnknownActivity, save_activity
from strava_live.sync.hidden import hide_missing
from strava_live.sync.models import SyncRun
from strava_live.sync.window import window_of
from strava_live.webhook.models import StravaEvent
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


@pytest.mark.parametrize("days", [7, 3])
def test_only_activities_found_the_days_of_the_setting_ago_are_deleted(
    athlete: User, monkeypatch: pytest.MonkeyPatch, settings: Settings, days: int
) -> None:
    monkeypatch.setattr(purge, "BATCH", 2)
    settings.RETENTION_FOUND_DAYS = days
    kept_for = timedelta(days=days)
    for number in range(5):
        seen(athlete, 10 + number, kept_for + timedelta(minutes=1), "found")
    seen(athlete, 1, kept_for - timedelta(minutes=1), "found")
    seen(athlete, 2, 3 * WEEK, "saved")
    seen(athlete, 3, 3 * WEEK, "dismissed")

    async_to_sync(purge.purge_found_activities)()

    assert sorted(Activity.objects.values_list("strava_id", flat=True)) == [1, 2, 3]


def event(athlete: User, digest: str, *, handled: timedelta | None) -> None:
    now = timezone.now()
    StravaEvent.objects.create(
        athlete=athlete,
        digest=digest,
        about="activity",
        object_id=1,
        aspect="create",
        event_time=now,
        received_at=now - timedelta(days=100),
        handled_at=None if handled is None else now - handled,
    )


def test_events_are_deleted_the_days_of_the_setting_after_they_were_handled(
    athlete: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.database.DELETED_AT_ONCE", 2)
    settings.RETENTION_EVENTS_DAYS = 10
    for number in range(5):
        event(athlete, f"old{number}", handled=timedelta(days=10, minutes=1))
    event(athlete, "young", handled=timedelta(days=9))
    event(athlete, "waiting", handled=None)

    async_to_sync(purge.purge_events)()

    assert sorted(StravaEvent.objects.values_list("digest", flat=True)) == ["waiting", "young"]


LONG_AGO = timezone.now() - timedelta(days=200)


def ended_run(athlete: User, **different: Any) -> int:
    """Store a finished import of all days that ended long ago, unless `different` says otherwise."""
    fields = {"state": "finished", "started_at": LONG_AGO, "ended_at": LONG_AGO, "reached": LONG_AGO, "strava_id": 17}
    return SyncRun.objects.create(athlete=athlete, **fields | different).pk


def kept_runs() -> list[int]:
    async_to_sync(purge.purge_runs)()
    return sorted(SyncRun.objects.values_list("pk", flat=True))


def test_ended_runs_are_deleted_the_days_of_the_setting_after_their_end(athlete: User, settings: Settings) -> None:
    settings.RETENTION_RUNS_DAYS = 30
    kept_for = timedelta(days=30)
    ended_run(athlete, reason="routine", ended_at=timezone.now() - kept_for - timedelta(minutes=1))
    young = ended_run(athlete, reason="routine", ended_at=timezone.now() - kept_for + timedelta(minutes=1))
    live = ended_run(athlete, reason="routine", state="waiting", ended_at=None)

    assert kept_runs() == [young, live]


def test_last_import_of_the_whole_history_and_last_import_are_kept(athlete: User, clubmate: User) -> None:
    ended_run(athlete)
    whole = ended_run(athlete)
    ended_run(athlete, after=LONG_AGO, before=LONG_AGO, until=LONG_AGO.date())
    ended_run(athlete, reason="webhook", kind="activities")
    ended_run(athlete, reason="routine", after=LONG_AGO)
    last = ended_run(athlete, after=LONG_AGO, before=LONG_AGO, until=LONG_AGO.date())
    other_account = ended_run(clubmate, strava_id=18)
    same_person = ended_run(clubmate, strava_id=19)

    assert kept_runs() == [whole, last, other_account, same_person]
    assert SyncRun.objects.of(athlete.pk).whole_history(17).exists()


def test_interrupted_import_can_be_continued_after_the_purge(athlete: User) -> None:
    """Its first part says up to when everything is known, so the second part completes the history."""
    interrupted = ended_run(athlete, state="cancelled")
    ended_run(athlete, state="failed", reached=None)
    ended_run(athlete, state="cancelled", after=LONG_AGO, until=LONG_AGO.date())
    last = ended_run(athlete, state="failed", reached=None)

    assert kept_runs() == [interrupted, last]
    window = window_of(None, LONG_AGO.date(), zone=ZoneInfo("UTC"), now=timezone.now())
    assert continued_until(athlete.pk, 17, window) == LONG_AGO


def test_run_that_last_read_an_activity_is_kept_so_that_the_activity_can_go_missing(athlete: User) -> None:
    routine = ended_run(athlete, reason="routine")
    ended_run(athlete, reason="routine")
    kept.activity(athlete, 1, state="saved", seen_in=routine, visibility="everyone")
    assert kept_runs() == [routine]

    whole = SyncRun(athlete=athlete, strava_id=17, started_at=timezone.now(), state="finished")
    whole.save()
    hide_missing(whole)

    assert Activity.objects.get().visibility == "only_me"
