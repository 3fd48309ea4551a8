"""Sendings that start by themselves when saved activities change, and the deletion of old ones."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.bucket.changes import ConnectionGone
from strava_live.bucket.choices import choose_following
from strava_live.bucket.following import behind, purge_sendings, start_sendings
from strava_live.bucket.models import BucketConnection, Sending
from strava_live.bucket.sender import claim_sendings
from strava_live.bucket.sendings import start_sending
from tests.bucket.connected import connected, save_activity
from tests.bucket.executed import LEASE

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(athlete: User) -> BucketConnection:
    return connected(athlete, follows=True)


def reasons() -> list[str]:
    return list(Sending.objects.values_list("reason", flat=True))


def test_a_new_saved_activity_starts_one_sending(athlete: User, connection: BucketConnection) -> None:
    start_sendings()
    assert reasons() == []
    save_activity(athlete, 1)

    start_sendings()
    start_sendings()

    assert reasons() == ["following"]


def test_nothing_starts_for_activities_that_are_not_saved(athlete: User, connection: BucketConnection) -> None:
    save_activity(athlete, 1, state="found")

    start_sendings()

    assert reasons() == []
    assert not behind().exists()


@pytest.mark.parametrize("changes", [{"follows": False}, {"trouble": "reconnect_needed"}])
def test_nothing_starts_for_those_who_do_not_follow_or_cannot(
    athlete: User, connection: BucketConnection, changes: dict[str, object]
) -> None:
    BucketConnection.objects.update(**changes)
    save_activity(athlete, 1)

    start_sendings()

    assert reasons() == []


def test_nothing_starts_or_goes_on_for_deactivated_accounts(athlete: User, connection: BucketConnection) -> None:
    save_activity(athlete, 1)
    User.objects.update(is_active=False)

    start_sendings()
    assert reasons() == []
    waiting = start_sending(athlete.pk)
    assert claim_sendings(LEASE, 1) == []

    User.objects.update(is_active=True)
    assert claim_sendings(LEASE, 1) == [waiting]


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_after_a_failure_or_a_stop_nothing_starts_for_an_hour(
    athlete: User, connection: BucketConnection, state: str
) -> None:
    save_activity(athlete, 1)
    ended = Sending.objects.create(connection=connection, state=state, ended_at=timezone.now())
    start_sendings()
    assert reasons() == ["asked"]

    Sending.objects.filter(pk=ended.pk).update(ended_at=timezone.now() - timedelta(hours=2))
    start_sendings()
    assert reasons() == ["asked", "following"]


def test_a_stop_is_over_once_the_user_has_sent_again(athlete: User, connection: BucketConnection) -> None:
    save_activity(athlete, 1)
    for state in ("cancelled", "finished"):
        Sending.objects.create(connection=connection, state=state, ended_at=timezone.now())

    start_sendings()

    assert reasons() == ["asked", "asked", "following"]


def test_a_user_who_disconnects_holds_up_no_other(
    athlete: User, clubmate: User, connection: BucketConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(clubmate, follows=True)
    for user in (athlete, clubmate):
        save_activity(user, 1)

    def has_changes(looked_at: BucketConnection) -> bool:
        if looked_at.user_id == athlete.pk:
            raise ConnectionGone
        return True

    monkeypatch.setattr("strava_live.bucket.following.has_changes", has_changes)
    start_sendings()

    assert list(Sending.objects.values_list("connection__user", flat=True)) == [clubmate.pk]


def test_switching_on_sends_at_once_and_switching_off_does_not(athlete: User) -> None:
    assert not choose_following(athlete.pk, follows=True)
    connection = connected(athlete)

    assert choose_following(athlete.pk, follows=False)
    assert reasons() == []
    assert choose_following(athlete.pk, follows=True)
    assert choose_following(athlete.pk, follows=True)

    assert reasons() == ["asked"]
    connection.refresh_from_db()
    assert connection.follows


@pytest.mark.django_db(transaction=True)
async def test_old_sendings_are_deleted_but_never_the_last_one(
    connections_closed: None, connection: BucketConnection, settings: Settings
) -> None:
    settings.RETENTION_RUNS_DAYS = 1
    old = timezone.now() - timedelta(days=2)
    for ended_at in (old, old, timezone.now(), None):
        state = "finished" if ended_at else "waiting"
        await Sending.objects.acreate(connection=connection, state=state, ended_at=ended_at)

    await purge_sendings()
    assert await Sending.objects.acount() == 2

    await Sending.objects.exclude(ended_at=None).aupdate(ended_at=old)
    await Sending.objects.filter(ended_at=None).adelete()
    await purge_sendings()
    assert await Sending.objects.acount() == 1
