"""manage.py strava_webhook against a stand-in for Strava that tests the webhook's address. It explains each failure."""

from collections.abc import Iterator
from io import StringIO

import pytest
from asgiref.sync import async_to_sync
from django.core.management import CommandError, call_command
from pytest_django import Settings

from simulators.http import Response
from simulators.process import StandIn
from strava_live.strava.payloads import Subscription
from strava_live.webhook.models import WebhookSubscription
from strava_live.webhook.subscription import callback_url, check_subscription, note_subscriptions
from tests.webhook.served_site import ServedSite, served_site

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TOKEN = "a-token_of-the-tests-0"


@pytest.fixture(scope="module")
def own_stand_in() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def strava(own_stand_in: StandIn, settings: Settings) -> Iterator[StandIn]:
    settings.STRAVA_API_URL = own_stand_in.api_url
    settings.STRAVA_OAUTH_URL = own_stand_in.oauth_url
    settings.STRAVA_WEBHOOK_TOKEN = TOKEN
    yield own_stand_in
    own_stand_in.reset()


@pytest.fixture
def site(settings: Settings) -> Iterator[ServedSite]:
    with served_site() as site:
        settings.SITE_URL = site.url
        yield site


def said(action: str, *options: str) -> str:
    """Return what the command prints."""
    printed = StringIO()
    call_command("strava_webhook", action, *options, stdout=printed)
    assert TOKEN not in printed.getvalue()
    return printed.getvalue().strip()


def refused(action: str, *options: str) -> str:
    """Return the error with which the command fails."""
    with pytest.raises(CommandError) as caught:
        call_command("strava_webhook", action, *options)
    assert TOKEN not in str(caught.value)
    return str(caught.value)


def test_subscribing_twice_looking_and_unsubscribing(strava: StandIn, site: ServedSite) -> None:
    assert said("subscribe") == f"Subscribed: Strava now sends its events to {site.url}/strava/webhook/***/."
    row = WebhookSubscription.objects.get()
    assert (row.callback_url, row.strava_id) == (callback_url(), strava.webhooks()["subscription"]["id"])

    assert said("subscribe").startswith("Subscribed already: ")
    assert said("status") == (
        f"Strava sends its events to {site.url}/strava/webhook/***/ (subscription {row.strava_id})."
    )

    assert said("unsubscribe") == f"Unsubscribed: Strava sends no more events to {site.url}."
    assert strava.webhooks()["subscription"] is None
    assert not WebhookSubscription.objects.exists()
    assert said("unsubscribe") == "There is no subscription, so nothing was ended."
    assert refused("status").endswith("there is no subscription -> run manage.py strava_webhook subscribe")


def test_subscription_that_was_created_elsewhere_is_noted(strava: StandIn, site: ServedSite) -> None:
    said("subscribe")
    row = WebhookSubscription.objects.get()
    note_subscriptions([Subscription(1, "http://old.example.org/")])

    said("status")

    assert list(WebhookSubscription.objects.values_list("strava_id", flat=True)) == [row.strava_id]


@pytest.mark.parametrize("action", ["status", "subscribe"])
def test_missing_settings_are_named(strava: StandIn, settings: Settings, action: str) -> None:
    settings.STRAVA_WEBHOOK_TOKEN = ""
    assert refused(action).startswith("STRAVA_WEBHOOK_TOKEN is not set, so this site takes no events -> set it to ")
    settings.STRAVA_WEBHOOK_TOKEN, settings.STRAVA_CONFIGURED = TOKEN, False
    assert refused(action).startswith("STRAVA_CLIENT_ID is not set -> set STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET")


def test_address_that_is_too_long_for_strava(strava: StandIn, settings: Settings) -> None:
    settings.SITE_URL = f"https://{'long.' * 45}example.org"

    assert refused("subscribe").endswith("Strava accepts 255 -> make SITE_URL or STRAVA_WEBHOOK_TOKEN shorter")


def test_wrong_client_secret(strava: StandIn, site: ServedSite, settings: Settings) -> None:
    settings.STRAVA_CLIENT_SECRET = "wrong"

    for action in ("status", "subscribe", "unsubscribe"):
        assert "-> check STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET" in refused(action)


def test_strava_that_does_not_answer(strava: StandIn, site: ServedSite, settings: Settings) -> None:
    settings.STRAVA_API_URL = "http://127.0.0.1:9/api/v3"

    for action in ("status", "subscribe", "unsubscribe"):
        assert refused(action).startswith("Strava does not answer: ")


def test_strava_that_is_out_of_order(strava: StandIn, site: ServedSite) -> None:
    strava.fault("html", status=403)
    assert refused("status").startswith("Strava's answer was not understood: ")
    strava.clear_faults()
    strava.fault("server_error", status=503)
    assert refused("subscribe").startswith("Strava does not answer: ")


def test_site_that_is_not_running(strava: StandIn, settings: Settings) -> None:
    settings.SITE_URL = "http://127.0.0.1:9"

    error = refused("subscribe")

    assert error.startswith("Strava could not reach http://127.0.0.1:9/strava/webhook/***/, or got no answer in two ")
    assert "-> start the web process, and check SITE_URL: this machine gets no answer either" in error


def test_site_that_only_this_machine_reaches(strava: StandIn, settings: Settings) -> None:
    settings.SITE_URL = "http://localhost:9"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("strava_live.webhook.subscribing.is_local", lambda url: url == settings.SITE_URL)
        error = refused("subscribe")

    assert error.endswith("set SITE_URL to an address that can be reached from everywhere: http://localhost:9 cannot")


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (404, "start the web process again, with the same STRAVA_WEBHOOK_TOKEN as this command: it answers 404"),
        (302, "set SITE_URL to the address that the site is served at: it answers 302, a redirect"),
        (503, "look into the log of the web process, and check SITE_URL: it answers 503"),
    ],
)
def test_site_that_does_not_answer_with_200(strava: StandIn, site: ServedSite, status: int, advice: str) -> None:
    site.instead = Response(b"no", status=status)

    error = refused("subscribe")

    assert error.startswith(f"Strava's request to {site.url}/strava/webhook/***/ was not answered with 200 -> {advice}")
    assert not WebhookSubscription.objects.exists()


def test_wrong_answer_and_one_that_only_strava_does_not_get(
    strava: StandIn, site: ServedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.instead = Response(b"welcome")
    assert "look into the log of the web process, and check SITE_URL: it answers 200" in refused("subscribe")

    async def right_answer(challenge: str) -> tuple[int, object]:
        return 200, {"hub.challenge": challenge}

    monkeypatch.setattr("strava_live.webhook.subscribing.send_handshake", right_answer)
    assert "a firewall or a protection against bots (such as Cloudflare's) may keep Strava out" in refused("subscribe")


def test_subscription_of_another_site(strava: StandIn, site: ServedSite, settings: Settings) -> None:
    said("subscribe")
    settings.SITE_URL = "https://club.example.org"

    for action in ("status", "subscribe"):
        assert refused(action).startswith(
            f"the application's only subscription sends its events to another site, {site.url} -> end it there, or here"
        )
    assert "--even-elsewhere" in refused("unsubscribe")
    assert strava.webhooks()["subscription"] is not None
    assert said("unsubscribe", "--even-elsewhere") == f"Unsubscribed: Strava sends no more events to {site.url}."
    assert strava.webhooks()["subscription"] is None


def test_subscription_with_an_old_token(strava: StandIn, site: ServedSite, settings: Settings) -> None:
    said("subscribe")
    settings.STRAVA_WEBHOOK_TOKEN = "another-token_0000000"

    error = refused("subscribe")

    assert error.startswith("the subscription sends its events to this site, but with another STRAVA_WEBHOOK_TOKEN -> ")
    assert "Unsubscribed" in said("unsubscribe")
    assert said("subscribe").startswith("Subscribed: ")


@pytest.mark.django_db(transaction=True)
def test_regular_check(strava: StandIn, site: ServedSite, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    said("subscribe")
    WebhookSubscription.objects.all().delete()

    async_to_sync(check_subscription)()
    assert WebhookSubscription.objects.get().callback_url == callback_url()
    assert "strava_webhook status" not in caplog.text

    settings.STRAVA_API_URL = "http://127.0.0.1:9/api/v3"
    async_to_sync(check_subscription)()
    assert WebhookSubscription.objects.exists(), "Strava could not be asked"
    assert "could not be checked" in caplog.text

    settings.STRAVA_API_URL = strava.api_url
    strava.reset()
    async_to_sync(check_subscription)()
    assert not WebhookSubscription.objects.exists()
    assert "Strava sends no events to this site: run manage.py strava_webhook status" in caplog.text


def test_site_without_a_webhook_does_not_ask_strava(strava: StandIn, settings: Settings) -> None:
    settings.STRAVA_WEBHOOK_TOKEN = ""
    settings.STRAVA_API_URL = "http://127.0.0.1:9/api/v3"

    async_to_sync(check_subscription)()
