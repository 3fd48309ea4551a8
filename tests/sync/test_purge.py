"""What is only found goes after a week; what is saved or dismissed stays."""

import contextlib
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.parkrun.result_models import ImportDraft
from strava_live.sync import forget
from strava_live.sync.choose import UnknownActivity, save_activity
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
WEEK = timedelta(days=7)


def seen(athlete: User, strava_id: int, ago: timedelta, state: str) -> None:
    now = timezone.now()
    Activity.objects.create(
        athlete=athlete,
        strava_id=strava_id,
        start=now,
        wall_clock="2026-11-20T09:00:00",
        utc_offset_s=0,
        distance_m=5000,
        moving_s=1500,
        elapsed_s=1500,
        visibility="everyone",
        state=state,
        mark=strava_id,
        seen_at=now - ago,
    )


def test_what_is_saved_while_it_is_being_forgotten_stays_or_says_that_it_is_gone() -> None:
    for turn in range(1, 7):
        athlete = User.objects.create_user(f"athlete-{turn}")
        seen(athlete, turn, 2 * WEEK, "found")
        saved: list[int] = []

        def save(athlete: User = athlete, turn: int = turn, saved: list[int] = saved) -> None:
            with contextlib.suppress(UnknownActivity):
                save_activity(athlete.pk, turn)
                saved.append(turn)

        together(forget.forget_some, save)

        assert list(Activity.objects.of(athlete.pk).values_list("strava_id", "state")) == [
            (one, "saved") for one in saved
        ]


def test_draft_that_nobody_confirmed_is_forgotten_after_a_day(athlete: User, clubmate: User) -> None:
    for person, hours in ((athlete, 25), (clubmate, 23)):
        made_at = timezone.now() - timedelta(hours=hours)
        ImportDraft.objects.create(athlete=person, token="x", content={}, made_at=made_at)

    async_to_sync(forget.forget_old_drafts)()

    assert [draft.athlete for draft in ImportDraft.objects.all()] == [clubmate]


def test_only_what_was_found_a_week_ago_is_forgotten(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forget, "AT_ONCE", 2)
    for number in range(5):
        seen(athlete, 10 + number, WEEK + timedelta(minutes=1), "found")
    seen(athlete, 1, WEEK - timedelta(minutes=1), "found")
    seen(athlete, 2, 3 * WEEK, "saved")
    seen(athlete, 3, 3 * WEEK, "dismissed")

    async_to_sync(forget.forget_what_was_only_found)()

    assert sorted(Activity.objects.values_list("strava_id", flat=True)) == [1, 2, 3]
