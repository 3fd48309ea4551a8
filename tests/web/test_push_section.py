"""The settings' section about notifications on devices: choices by plain form, the list of devices, and renewals."""

import json
from datetime import time
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.notifications.push_models import NotificationChoices, PushSubscription
from strava_live.push_client.vapid import key_derived_from
from strava_live.web.push_section import browser_name

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36"
)
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


@pytest.fixture(autouse=True)
def site_key(settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = key_derived_from("s" * 60)


def send(client: Client, endpoint: str = "one", **more: Any) -> Any:
    body = {"endpoint": f"https://fcm.googleapis.com/fcm/send/{endpoint}", "keys": KEYS, **more}
    headers = {"User-Agent": ANDROID}
    answer = client.post("/notifications/subscriptions/", json.dumps(body), "application/json", headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()["subscribed"]


def section(client: Client) -> str:
    page = client.get("/settings/").text
    return page[page.index('id="notifications"') : page.index('id="tokens"')]


def test_site_without_a_key_says_so(as_athlete: Client, settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = ""

    shown = section(as_athlete)

    assert "isn't set up to send notifications" in shown
    assert "<form" not in shown


def test_choices_are_saved_by_a_plain_form(as_athlete: Client, athlete: User) -> None:
    sent = {"push_message": "on", "quiet_from": "22:00", "quiet_until": "07:30", "show_text": "on"}
    answer = as_athlete.post("/settings/notifications/", sent)

    assert answer.headers["Location"] == "/settings/#notifications"
    chosen = NotificationChoices.objects.get(user=athlete)
    assert (chosen.push_message, chosen.push_cheer, chosen.show_text) == (True, False, True)
    assert (chosen.quiet_from, chosen.quiet_until) == (time(22), time(7, 30))
    shown = section(as_athlete)
    assert "Saved." in shown
    assert 'value="22:00"' in shown


def test_refused_quiet_hours_are_shown_again(as_athlete: Client) -> None:
    answer = as_athlete.post("/settings/notifications/", {"quiet_from": "22:00"})

    assert "Until: Quiet hours need both times." in answer.text
    assert 'value="22:00"' in answer.text


def test_list_of_devices_names_each_and_marks_this_one(as_athlete: Client, athlete: User) -> None:
    assert "Where they're on" not in section(as_athlete)
    other = Client()
    other.force_login(athlete)
    send(other, "two")
    send(as_athlete)

    shown = section(as_athlete)

    assert shown.count("Chrome on Android <span") == 1
    assert shown.count("<li>") == 2
    assert "fcm.googleapis.com" not in shown


def test_device_is_removed_from_any_other(as_athlete: Client, athlete: User, stranger: User) -> None:
    send(as_athlete)
    row = PushSubscription.objects.get(user=athlete)
    outsider, other = Client(), Client()
    outsider.force_login(stranger)
    other.force_login(athlete)
    path = f"/settings/notifications/devices/{row.pk}/remove/"

    assert outsider.post(path).status_code == 404
    assert other.post(path).status_code == 302
    assert not PushSubscription.objects.exists()
    assert "data-push-key" in as_athlete.get("/settings/").text

    assert send(as_athlete, renew=True) is False
    assert not PushSubscription.objects.exists()
    assert "data-push-key" not in as_athlete.get("/settings/").text


def test_browser_renews_what_its_session_has_subscribed(as_athlete: Client, athlete: User) -> None:
    assert send(as_athlete, renew=True) is False
    assert send(as_athlete, "old") is True
    (before,) = PushSubscription.objects.all()

    assert send(as_athlete, "new", renew=True) is True

    (after,) = PushSubscription.objects.all()
    assert after.endpoint_digest != before.endpoint_digest
    assert after.user == athlete


def test_another_session_of_the_browser_renews_nothing(as_athlete: Client, stranger: User) -> None:
    """A person who signs in where another person's session has run out does not take over their notifications."""
    send(as_athlete)
    next_person = Client()
    next_person.force_login(stranger)

    assert "data-push-key" not in next_person.get("/settings/").text
    assert send(next_person, renew=True) is False
    assert PushSubscription.objects.get().user != stranger


def test_signed_out_page_has_no_key_of_a_subscription(as_athlete: Client) -> None:
    send(as_athlete)
    as_athlete.post("/accounts/logout/")

    assert "data-push-key" not in as_athlete.get("/").text
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (ANDROID, "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141 Safari/537.36 Edg/141", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox on Linux"),
        ("", "A browser"),
    ],
)
def test_browsers_are_named_in_words(agent: str, name: str) -> None:
    assert browser_name(agent) == name
