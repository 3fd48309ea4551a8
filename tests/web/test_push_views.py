"""Choices about notifications on devices, and the subscriptions that scripts send."""

import json
from datetime import time
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from simulators.push_process import PushStandIn
from strava_live.accounts.models import User
from strava_live.notifications.push_models import NotificationChoices, PushSubscription
from tests.push_client.clients import SubscribedBrowser
from tests.push_of import SITE_KEY

pytestmark = pytest.mark.django_db
ADDRESS = "/notifications/subscriptions/"
GOOD: dict[str, Any] = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/abc",
    "keys": {
        "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
        "auth": "tBHItJI5svbpez7KI4CCXg",
    },
}


@pytest.fixture
def browser(push_service: PushStandIn) -> SubscribedBrowser:
    return SubscribedBrowser(push_service, SITE_KEY.public)


def send(client: Client, body: object, address: str = ADDRESS) -> HttpResponse:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(address, text, content_type="application/json")  # type: ignore[return-value]


def words(answer: HttpResponse) -> str:
    return str(json.loads(answer.content)["message"])


def test_browser_subscribes_and_unsubscribes(as_athlete: Client, athlete: User, browser: SubscribedBrowser) -> None:
    more = browser.subscription | {"expirationTime": None}
    assert send(as_athlete, more).status_code == 200
    row = PushSubscription.objects.get()
    assert (row.user_id, row.endpoint.reveal()) == (athlete.pk, browser.endpoint)
    for _ in range(2):
        answer = send(as_athlete, {"endpoint": browser.endpoint}, f"{ADDRESS}remove/")
        assert (answer.status_code, json.loads(answer.content)) == (200, {"subscribed": False})
    assert not PushSubscription.objects.exists()


def test_signing_out_ends_it(as_athlete: Client, browser: SubscribedBrowser) -> None:
    send(as_athlete, browser.subscription)
    as_athlete.post("/accounts/logout/")
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "This isn't JSON."),
        ("[" * 5000, "This isn't JSON."),
        ("[]", "This isn't a subscription."),
        ({}, "The keys are missing."),
        (GOOD | {"keys": []}, "The keys are missing."),
        (GOOD | {"keys": {}}, "The subscription has no p256dh."),
        (GOOD | {"endpoint": 5}, "The subscription has no endpoint."),
        (GOOD | {"keys": {"p256dh": "x", "auth": "x"}}, "Your browser's keys can't be read. Try again."),
    ],
)
def test_body_that_is_no_subscription(
    as_athlete: Client, push_service: PushStandIn, body: object, message: str
) -> None:
    answer = send(as_athlete, body)
    assert (answer.status_code, words(answer)) == (422, message)
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:8000/", "https://example.org/push", "https://fcm.googleapis.com@evil.example/", ""]
)
def test_address_elsewhere_is_refused_in_words(as_athlete: Client, push_service: PushStandIn, endpoint: str) -> None:
    answer = send(as_athlete, GOOD | {"endpoint": endpoint})
    assert answer.status_code == 422
    assert words(answer) == "This site doesn't know your browser's notification service, so it can't use it."
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}remove/"])
def test_ten_megabytes_are_refused_in_words(as_athlete: Client, push_service: PushStandIn, address: str) -> None:
    answer = send(as_athlete, json.dumps({"endpoint": "x" * 10_000_000}), address)
    assert (answer.status_code, words(answer)) == (413, "A browser's subscription isn't that long.")


@pytest.mark.parametrize("length", ["²", "-1", "1e3", "9" * 5000])
def test_length_that_is_no_number_is_refused_in_words(
    as_athlete: Client, push_service: PushStandIn, length: str
) -> None:
    answer = as_athlete.post(ADDRESS, json.dumps(GOOD), content_type="application/json", CONTENT_LENGTH=length)
    assert (answer.status_code, answer.json()["message"]) == (413, "A browser's subscription isn't that long.")


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}remove/"])
@pytest.mark.parametrize("renew", [False, True])
def test_half_a_character_is_refused_in_words(
    as_athlete: Client, push_service: PushStandIn, address: str, renew: bool
) -> None:
    answer = send(as_athlete, GOOD | {"endpoint": "https://fcm.googleapis.com/\ud800", "renew": renew}, address)
    assert (answer.status_code, words(answer)) == (422, "The endpoint of the subscription can't be read.")


def test_site_without_a_key_says_so(as_athlete: Client) -> None:
    answer = send(as_athlete, GOOD)
    assert (answer.status_code, words(answer)) == (404, "This site doesn't send notifications to devices.")


def test_scripts_of_other_sites_cannot_subscribe(athlete: User, push_service: PushStandIn) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(athlete)
    assert send(client, GOOD).status_code == 403


def choose(client: Client, **fields: str) -> list[str]:
    answer = client.post("/settings/notifications/", fields, follow=True)
    assert answer.redirect_chain == [("/settings/#notifications", 302)]
    return [str(message) for message in answer.context["notification_messages"]]


def test_choices_are_stored(as_athlete: Client, athlete: User) -> None:
    said = choose(
        as_athlete, push_message="on", push_reply="on", quiet_from="22:30", quiet_until="07:00", show_text="on"
    )
    assert said == ["Saved."]
    choices = NotificationChoices.objects.get(user=athlete)
    wanted = {kind for kind in ("mention", "reply", "cheer", "message", "answer") if choices.wants(kind)}
    assert wanted == {"message", "reply"}
    assert (choices.quiet_from, choices.quiet_until, choices.show_text) == (time(22, 30), time(7), True)
    choose(as_athlete, push_cheer="on")
    choices.refresh_from_db()
    assert (choices.push_cheer, choices.push_message, choices.quiet_from, choices.show_text) == (
        True,
        False,
        None,
        False,
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"quiet_from": "22:00"}, "Quiet hours need both times. Leave both empty to have none."),
        ({"quiet_until": "22:00"}, "Quiet hours need both times. Leave both empty to have none."),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "Quiet hours can't begin and end at the same time."),
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, "Enter a valid time."),
        ({"quiet_from": "x" * 100_000, "quiet_until": "07:00"}, "Enter a valid time."),
    ],
)
def test_quiet_hours_that_are_none(as_athlete: Client, fields: dict[str, str], message: str) -> None:
    answer = as_athlete.post("/settings/notifications/", fields)
    assert answer.status_code == 422
    said = answer.context["notification_form"].errors.values()
    assert [str(error) for errors in said for error in errors] == [message]
    assert not NotificationChoices.objects.exists()
