"""Notifications are sent again, or subscriptions deleted, when a push service does not accept a message."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from simulators.push_process import PushStandIn
from strava_live.accounts.encryption import Secret, digest_of
from strava_live.accounts.models import User
from strava_live.http.transport import Timeouts
from strava_live.notifications.models import Notification
from strava_live.notifications.push_models import OutgoingPush, PushSubscription
from strava_live.notifications.push_outbox import enqueue
from strava_live.notifications.push_sending import PushSender, Rests
from strava_live.push_client.client import PushClient
from strava_live.push_client.errors import PushDown, PushRateLimited
from strava_live.push_client.subscription import PushMessage, PushTarget
from tests.notifications.pushes import notification_for, subscribed
from tests.notifications.sent import send_due, send_later, shown_in
from tests.push_client.clients import SubscribedBrowser
from tests.push_of import SITE_KEY

pytestmark = pytest.mark.usefixtures("connections_closed")


@pytest.fixture
def browser(push_service: PushStandIn) -> SubscribedBrowser:
    return SubscribedBrowser(push_service, SITE_KEY.public)


@pytest.fixture
def notification(athlete: User, browser: SubscribedBrowser) -> Notification:
    subscribed(athlete, browser)
    notification = notification_for(athlete)
    enqueue(notification)
    return notification


@pytest.fixture
def other(athlete: User, push_service: PushStandIn, notification: Notification) -> SubscribedBrowser:
    """A second device of the same person."""
    other = SubscribedBrowser(push_service)
    subscribed(athlete, other)
    return other


async def the_push() -> OutgoingPush:
    return await OutgoingPush.objects.aget()


@pytest.mark.parametrize("kind", ["gone", "not_found", "forbidden"])
async def test_subscription_that_is_of_no_use_is_ended(
    push_service: PushStandIn, browser: SubscribedBrowser, other: SubscribedBrowser, kind: str
) -> None:
    """After 403, the browser subscribes again, for the present key. The person's other device gets it."""
    await sync_to_async(push_service.fault)(kind, token=browser.token)
    await send_due()
    assert [one.endpoint.reveal() async for one in PushSubscription.objects.reachable()] == [other.endpoint]
    ended = await PushSubscription.objects.aget(endpoint="")
    assert not any((ended.p256dh, ended.auth)), "the secrets are gone, too"
    assert len(await shown_in(other)) == 1
    assert (await the_push()).state == "sent"


async def test_browser_that_is_renewed_while_its_old_address_is_refused(
    push_service: PushStandIn, browser: SubscribedBrowser, notification: Notification
) -> None:
    """The answer is about the old address, so the new one stays."""
    held = await sync_to_async(push_service.fault)("hold")
    await sync_to_async(push_service.fault)("gone")
    sender = PushSender()
    await sender.claim_and_send()
    new = await sync_to_async(SubscribedBrowser)(push_service)
    await PushSubscription.objects.aupdate(endpoint=Secret.of(new.endpoint), endpoint_digest=digest_of(new.endpoint))
    await sync_to_async(push_service.clear_fault)(held)
    await asyncio.gather(*sender.tasks.values())
    assert (await PushSubscription.objects.reachable().aget()).endpoint.reveal() == new.endpoint


async def test_last_device_is_gone(push_service: PushStandIn, notification: Notification) -> None:
    await sync_to_async(push_service.fault)("gone")
    await send_due()
    assert not await PushSubscription.objects.reachable().aexists()
    assert (await the_push()).state == "not_wanted"


@pytest.mark.parametrize(("kind", "wait_s"), [("rate_limited", 600), ("not_acceptable", 600), ("server_error", 600)])
async def test_push_service_that_asks_to_wait(
    push_service: PushStandIn, browser: SubscribedBrowser, notification: Notification, kind: str, wait_s: int
) -> None:
    await sync_to_async(push_service.fault)(kind, calls=1, retry_after=str(wait_s))
    began = timezone.now()
    await send_due()
    push = await the_push()
    assert (push.state, push.tries) == ("waiting", 1)
    assert push.due_at >= began + timedelta(seconds=wait_s)
    await send_later()
    assert len(await shown_in(browser)) == 1


async def test_pauses_grow_up_to_an_hour_and_end_after_a_day(
    push_service: PushStandIn, notification: Notification, settings: Any
) -> None:
    settings.PUSH_RETRY_S = 30.0
    await sync_to_async(push_service.fault)("server_error")
    pauses = []
    for tries in (0, 1, 2, 3, 20):
        await OutgoingPush.objects.aupdate(tries=tries, due_at=timezone.now())
        await send_due()
        pauses.append(((await the_push()).due_at - timezone.now()).total_seconds())
    for pause, expected in zip(pauses, (30, 60, 120, 240, 3600), strict=True):
        assert 0.7 * expected < pause < 1.3 * expected

    await OutgoingPush.objects.aupdate(first_try_at=timezone.now() - timedelta(days=1), due_at=timezone.now())
    await send_due()
    assert (await the_push()).state == "given_up"


async def test_device_that_has_got_it_does_not_get_it_again(
    push_service: PushStandIn, browser: SubscribedBrowser, other: SubscribedBrowser
) -> None:
    await sync_to_async(push_service.fault)("rate_limited", token=other.token, calls=1)
    await send_due()
    assert (await the_push()).state == "waiting"
    await send_later()
    assert (len(await shown_in(browser)), len(await shown_in(other))) == (1, 1)
    assert (await the_push()).state == "sent"


@pytest.mark.parametrize("kind", ["drop", "lose", "html", "redirect"])
async def test_answer_that_is_lost_or_garbage_is_tried_again(
    push_service: PushStandIn, browser: SubscribedBrowser, notification: Notification, kind: str
) -> None:
    await sync_to_async(push_service.fault)(kind, calls=1)
    await send_due()
    assert (await the_push()).state == "waiting"
    await send_later()
    assert (await the_push()).state == "sent"


async def test_request_that_is_refused_is_not_sent_again(
    push_service: PushStandIn, browser: SubscribedBrowser, notification: Notification
) -> None:
    await sync_to_async(push_service.fault)("refused")
    await send_due()
    assert (await the_push()).state == "refused"
    assert await PushSubscription.objects.acount() == 1


async def test_device_for_which_sending_fails_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch, browser: SubscribedBrowser, other: SubscribedBrowser
) -> None:
    """A fault of our own in a message to one device: it is not sent again and again."""
    send = PushClient.send

    async def failing(client: PushClient, target: PushTarget, message: PushMessage) -> None:
        if target.endpoint == browser.endpoint:
            raise ValueError("a fault of our own")
        await send(client, target, message)

    monkeypatch.setattr(PushClient, "send", failing)
    await send_due()
    assert len(await shown_in(other)) == 1
    assert (await the_push()).state == "sent"


async def test_hanging_service_delays_no_notification_of_others(
    push_service: PushStandIn, notification: Notification, other: SubscribedBrowser, settings: Any, clubmate: User
) -> None:
    """The athlete's notification waits for the service. The clubmate's is sent meanwhile."""
    settings.PUSH_TIMEOUTS = Timeouts(connect=1, read=30, pool=1, total=30)
    hanging = await sync_to_async(push_service.fault)("hold", token=other.token)
    clubmates = await sync_to_async(SubscribedBrowser)(push_service)
    sender = PushSender()
    await sender.claim_and_send()
    await sync_to_async(subscribed)(clubmate, clubmates)
    await sync_to_async(enqueue)(await sync_to_async(notification_for)(clubmate))
    await sender.claim_and_send()
    await sender.tasks[clubmate.pk]
    assert len(await shown_in(clubmates)) == 1
    assert list(sender.tasks) == [notification.user_id]
    await sync_to_async(push_service.clear_fault)(hanging)
    await asyncio.gather(*sender.tasks.values())


async def test_service_that_hangs_is_tried_again(
    push_service: PushStandIn, browser: SubscribedBrowser, notification: Notification, settings: Any
) -> None:
    settings.PUSH_TIMEOUTS = Timeouts(connect=1, read=0.2, pool=1, total=0.3)
    hanging = await sync_to_async(push_service.fault)("hold")
    await send_due()
    assert ((await the_push()).state, (await the_push()).tries) == ("waiting", 1)
    await sync_to_async(push_service.clear_fault)(hanging)
    await send_later()
    assert (await the_push()).state == "sent"


def test_service_that_does_not_answer_is_left_alone_for_a_while(settings: Any) -> None:
    settings.PUSH_RETRY_S = 30.0
    rests = Rests()
    for _ in range(Rests.FAILURES - 1):
        rests.note("hanging", PushDown())
    assert rests.left_s("hanging") == 0
    rests.note("hanging", PushRateLimited())
    for _ in range(Rests.FAILURES):
        assert rests.left_s("hanging") == 0, "an answer has come in between"
        rests.note("hanging", PushDown())
    assert 25 < rests.left_s("hanging") <= 30
    assert rests.left_s("other") == 0


async def test_service_that_is_left_alone_costs_no_try(
    push_service: PushStandIn, notification: Notification, browser: SubscribedBrowser, settings: Any
) -> None:
    settings.PUSH_RETRY_S = 30.0
    sender = PushSender()
    for _ in range(Rests.FAILURES):
        sender.rests.note(push_service.host, PushDown())
    await send_due(sender)
    push = await the_push()
    assert (push.state, push.tries, push.first_try_at) == ("waiting", 0, None)
    assert push.due_at > timezone.now()
    assert await sync_to_async(browser.messages)() == []


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:1/x", "https://example.org/x", "http://169.254.169.254/latest/"]
)
async def test_stored_address_elsewhere_is_not_called(athlete: User, notification: Notification, endpoint: str) -> None:
    """It cannot be stored any more. It may have been stored while PUSH_EXTRA_HOSTS had that host."""
    await PushSubscription.objects.aupdate(endpoint=Secret.of(endpoint), endpoint_digest=digest_of(endpoint))
    await send_due()
    assert not await PushSubscription.objects.reachable().aexists()
    assert (await the_push()).state == "not_wanted"


async def test_keys_that_cannot_be_used(athlete: User, notification: Notification) -> None:
    await PushSubscription.objects.aupdate(p256dh=Secret.of("AAAA"))
    await send_due()
    assert not await PushSubscription.objects.reachable().aexists()


async def test_secrets_that_cannot_be_decrypted_are_kept_for_the_right_key(
    athlete: User, notification: Notification
) -> None:
    """An operator may put the missing key back into FIELD_KEYS."""
    await PushSubscription.objects.aupdate(endpoint=Secret("encrypted with another key"))
    await send_due()
    assert await PushSubscription.objects.acount() == 1
    assert (await the_push()).state == "not_wanted"
