"""Browsers that are subscribed: by whom, until when, and at which addresses."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.notifications.push_models import OutgoingPush, PushSubscription
from strava_live.notifications.push_outbox import enqueue
from strava_live.notifications.subscriptions import (
    MOST_DEVICES,
    purge_pushes,
    purge_subscriptions,
    subscribe,
    unsubscribe,
)
from strava_live.push_client.errors import PushAddressRefused, PushKeysInvalid
from strava_live.push_client.subscription import PushTarget
from tests.notifications.pushes import notification_for, subscribed

P256DH = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
AUTH = "tBHItJI5svbpez7KI4CCXg"
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"

pytestmark = pytest.mark.django_db


def target(endpoint: str = ENDPOINT, p256dh: str = P256DH, auth: str = AUTH) -> PushTarget:
    return PushTarget(endpoint, p256dh, auth)


def subscribe_as(user: User, endpoint: str = ENDPOINT) -> PushSubscription:
    return subscribe(user, target(endpoint), session=SessionStore(), user_agent="Firefox " * 100)


def test_same_browser_twice_is_one_subscription_with_the_newest_keys(athlete: User) -> None:
    first = subscribe_as(athlete)
    subscribe(athlete, target(auth="A" * 22), session=SessionStore())
    row = PushSubscription.objects.get()
    assert (row.pk, row.made_at) == (first.pk, first.made_at)
    assert row.seen_at > first.seen_at
    assert row.auth.reveal() == "A" * 22


def test_browser_belongs_to_the_person_who_has_subscribed_last(athlete: User, clubmate: User) -> None:
    subscribe_as(athlete)
    subscribe_as(clubmate)
    row = PushSubscription.objects.get()
    assert (row.user_id, row.session_hash) == (clubmate.pk, clubmate.get_session_auth_hash())
    assert not unsubscribe(athlete.pk, ENDPOINT)
    assert unsubscribe(clubmate.pk, ENDPOINT)


def test_secrets_are_encrypted_and_not_shown(athlete: User) -> None:
    row = subscribe_as(athlete)
    assert ENDPOINT not in str(PushSubscription.objects.values().get())
    assert (row.endpoint.reveal(), len(row.user_agent)) == (ENDPOINT, 200)


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:8000/x", "https://example.org/x", "https://[::1]/", "x" * 10**7]
)
def test_address_elsewhere_is_refused(athlete: User, endpoint: str) -> None:
    with pytest.raises(PushAddressRefused):
        subscribe_as(athlete, endpoint)
    assert not PushSubscription.objects.exists()


def test_extra_hosts_are_known(athlete: User, settings: Settings) -> None:
    settings.PUSH_EXTRA_HOSTS = ["localhost:8003"]
    subscribe_as(athlete, "http://localhost:8003/push/abc")


def test_keys_that_are_none_are_refused(athlete: User) -> None:
    with pytest.raises(PushKeysInvalid):
        subscribe(athlete, target(p256dh="x"), session=SessionStore())


def test_one_browser_too_many_takes_the_place_of_the_one_that_was_not_seen_for_longest(athlete: User) -> None:
    rows = [subscribe_as(athlete, f"{ENDPOINT}{number}") for number in range(MOST_DEVICES)]
    subscribe_as(athlete, f"{ENDPOINT}0")
    subscribe_as(athlete, f"{ENDPOINT}-another")
    kept = set(PushSubscription.objects.values_list("pk", flat=True))
    assert len(kept) == MOST_DEVICES
    assert {row.pk for row in rows} - kept == {rows[1].pk}


def test_signing_out_ends_the_subscription_of_this_browser_alone(athlete: User) -> None:
    phone, laptop = Client(), Client()
    for number, client in enumerate((phone, laptop)):
        client.force_login(athlete)
        session = client.session
        subscribe(athlete, target(f"{ENDPOINT}{number}"), session=session)
        session.save()
    phone.post("/accounts/logout/")
    assert [row.endpoint.reveal() for row in PushSubscription.objects.all()] == [f"{ENDPOINT}1"]


def test_signing_out_leaves_a_browser_that_is_another_persons_by_now(athlete: User, clubmate: User) -> None:
    client = Client()
    client.force_login(athlete)
    session = client.session
    subscribe(athlete, target(), session=session)
    session.save()
    subscribe_as(clubmate)
    client.post("/accounts/logout/")
    assert PushSubscription.objects.get().user_id == clubmate.pk


@pytest.mark.usefixtures("connections_closed")
@pytest.mark.django_db(transaction=True)
async def test_old_rows_are_deleted(athlete: User) -> None:
    await PushSubscription.objects.acreate(
        user=athlete, endpoint_digest="old", seen_at=timezone.now() - timedelta(days=61)
    )
    await PushSubscription.objects.acreate(user=athlete, endpoint_digest="new")
    week_ago = timezone.now() - timedelta(days=8)
    for state, due_at in (("sent", week_ago), ("waiting", week_ago), ("sent", timezone.now())):
        await OutgoingPush.objects.acreate(user=athlete, state=state, due_at=due_at)
    await purge_subscriptions()
    await purge_pushes()
    assert [row.endpoint_digest async for row in PushSubscription.objects.all()] == ["new"]
    assert [row.state async for row in OutgoingPush.objects.order_by("pk")] == ["waiting", "sent"]


def test_deleting_a_subscription_leaves_the_outbox(athlete: User) -> None:
    subscribed(athlete)
    enqueue(notification_for(athlete))
    PushSubscription.objects.all().delete()
    assert OutgoingPush.objects.count() == 1
