"""After an account is deleted, no column of any table has the person's name, Strava id, parkrun id, email or tokens."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.accounts.revocations import revoke_due
from strava_live.feed.models import Entry
from strava_live.feed.wording import text_of
from strava_live.lifecycle.erasure import erase, withdraw_access
from strava_live.lifecycle.receipt import AtStrava
from tests.erased import assert_nothing_left, columns_with
from tests.person_with_everything import Everything, person_with_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything() -> Everything:
    return person_with_everything()


def rows_of(person_id: int) -> dict[str, int]:
    """Count the rows that point at the person, by model and field."""
    fields = [
        field
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is User
    ]
    return {
        f"{field.model.__name__}.{field.name}": field.model._base_manager.filter(**{field.name: person_id}).count()
        for field in fields
    }


def test_person_has_a_row_in_every_table_that_points_at_people(everything: Everything) -> None:
    """A new model needs a row in tests/person_with_everything.py, so that the other tests here look for it."""
    assert [place for place, count in rows_of(everything.person.pk).items() if not count] == []


def test_search_finds_each_text_before(everything: Everything) -> None:
    found = columns_with(everything.marks)

    assert {f"django_session.session_data has {mark}" for mark in ("918273645", "quilla-f")} <= set(found)
    assert "django_admin_log.object_repr has Quilla Feathergrass" in found
    assert "strava_live_importdraft.content has 7654321" in found


def test_nothing_is_left(everything: Everything) -> None:
    person_id = everything.person.pk

    erased = erase(everything.person)

    assert_nothing_left(everything.marks)
    assert set(rows_of(person_id).values()) == {0}
    assert not Session.objects.exists()
    assert Revocation.objects.get() == erased.revocation
    assert_feed_has_only_others(everything)


def assert_feed_has_only_others(everything: Everything) -> None:
    left = Entry.objects.of_club(everything.club.pk).not_removed()
    assert [(text_of(entry), entry.cheers) for entry in left] == [("Who comes? @a member", 0)]


def test_receipt_counts_everything(everything: Everything) -> None:
    receipt = erase(everything.person).receipt

    assert receipt.counts == {
        "activities": 3,
        "parkruns": 3,
        "events": 1,
        "clubs": 2,
        "requests": 1,
        "posts": 2,
        "entries": receipt.counts["entries"],
        "cheers": 1,
        "conversations": 1,
        "mentions": 1,
        "reports": 1,
        "mutes": 1,
        "notifications": 3,
        "bucket": 1,
        "sent": 1,
        "sendings": 1,
        "strava": 1,
        "devices": 1,
        "notification_choices": 1,
        "pushes": 4,
        "imports": 2,
        "updates": 2,
        "tokens": 1,
        "emails": 1,
        "second_factor": 1,
        "sessions": 2,
    }
    assert_nothing_in(receipt.as_text(), everything.marks)


def assert_nothing_in(text: str, marks: list[str]) -> None:
    assert [mark for mark in marks if mark in text] == []


def test_log_has_the_receipt_and_not_the_name(everything: Everything, caplog: pytest.LogCaptureFixture) -> None:
    receipt = erase(everything.person).receipt

    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert receipt.number in logged
    assert_nothing_in(logged, everything.marks)


@pytest.mark.django_db(transaction=True)
def test_revocation_that_strava_has_not_answered_is_sent_later_and_leaves_nothing(
    everything: Everything, stand_in: Any
) -> None:
    """The token stays, encrypted, until Strava has revoked it. The row that remains then is deleted a little later."""
    strava_id = stand_in.add_athlete(activities=1)
    granted = stand_in.grant(strava_id)
    connection = StravaConnection.objects.get()
    connection.refresh_token = type(connection.refresh_token).of(granted["refresh_token"])
    connection.save()
    stand_in.fault("server_error", "revoke")

    assert withdraw_access(erase(everything.person)).at_strava is AtStrava.UNANSWERED

    stand_in.clear_faults()
    for _ in range(2):
        Revocation.objects.update(next_try_at=timezone.now())
        async_to_sync(revoke_due)()
    assert strava_id not in stand_in.stats()["connected"]
    assert not Revocation.objects.exists()
    assert_nothing_left(everything.marks)


def test_sessions_of_others_stay(everything: Everything) -> None:
    from tests.live.founding import sessions_of

    others = sessions_of([everything.captain])

    erase(everything.person)

    assert [session.session_key for session in Session.objects.all()] == others


def test_sessions_of_accounts_that_do_not_exist_any_more_are_deleted_too(everything: Everything) -> None:
    """A sign-in that was under way while its account was deleted may have left such a session."""
    from tests.live.founding import sessions_of

    gone = User.objects.create_user("gone")
    sessions_of([gone])
    gone.delete()

    erase(everything.person)

    assert not Session.objects.exists()
