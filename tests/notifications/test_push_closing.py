"""What becomes of rows that let devices close a notification, also if a push service does not take the message."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from simulators.push_process import PushStandIn
from strava_live.accounts.models import User
from strava_live.notifications.models import Notification
from strava_live.notifications.push_models import OutgoingPush
from strava_live.notifications.push_outbox import enqueue, take_back
from strava_live.notifications.push_sending import PushSender
from tests.notifications.pushes import notification_for, subscribed
from tests.notifications.sent import send_due, send_later, sending_held, shown_in
from tests.push_client.clients import SubscribedBrowser

pytestmark = pytest.mark.usefixtures("connections_closed")


@pytest.fixture
def phone(athlete: User, push_service: PushStandIn) -> SubscribedBrowser:
    phone = SubscribedBrowser(push_service)
    subscribed(athlete, phone)
    return phone


@pytest.fixture
def laptop(athlete: User, push_service: PushStandIn) -> SubscribedBrowser:
    laptop = SubscribedBrowser(push_service)
    subscribed(athlete, laptop)
    return laptop


@pytest.fixture
def notification(athlete: User, phone: SubscribedBrowser, laptop: SubscribedBrowser) -> Notification:
    """A notification in the outbox of a person with two devices."""
    notification = notification_for(athlete)
    enqueue(notification)
    return notification


async def the_push() -> OutgoingPush:
    return await OutgoingPush.objects.aget()


async def has_closed(browser: SubscribedBrowser) -> bool:
    return {"close": (await the_push()).tag} in await shown_in(browser)


@pytest.mark.parametrize("kind", ["rate_limited", "server_error", "drop"])
async def test_device_whose_service_does_not_take_it_closes_it_later(
    push_service: PushStandIn,
    phone: SubscribedBrowser,
    laptop: SubscribedBrowser,
    notification: Notification,
    kind: str,
) -> None:
    sender = await send_due()
    await sync_to_async(take_back)(notification)
    await sync_to_async(push_service.fault)(kind, token=phone.token, calls=1)
    await send_due(sender)
    assert ((await the_push()).state, (await the_push()).tries) == ("closing", 1)
    assert (await has_closed(laptop), await has_closed(phone)) == (True, False)

    await send_later(sender)
    assert (await the_push()).state == "closed"
    assert (len(await shown_in(laptop)), await has_closed(phone)) == (2, True)


async def test_closing_is_given_up_after_a_day(push_service: PushStandIn, notification: Notification) -> None:
    sender = await send_due()
    await sync_to_async(take_back)(notification)
    await OutgoingPush.objects.aupdate(first_try_at=timezone.now() - timedelta(days=1), tries=30)
    await sync_to_async(push_service.fault)("server_error")
    await send_due(sender)
    assert (await the_push()).state == "given_up"


async def test_tries_to_show_do_not_count_as_tries_to_close(
    push_service: PushStandIn, notification: Notification
) -> None:
    """More has happened and could not be sent for a day, then the notification is found to be read."""
    sender = await send_due()
    await sync_to_async(enqueue)(notification)
    await OutgoingPush.objects.aupdate(first_try_at=timezone.now() - timedelta(days=1), tries=30)
    await Notification.objects.aupdate(read_at=timezone.now())
    await sync_to_async(push_service.fault)("server_error")
    await send_due(await send_due(sender))  # the first look finds that it is read
    assert ((await the_push()).state, (await the_push()).tries) == ("closing", 1)


async def test_last_try_that_reaches_one_of_two_devices(
    push_service: PushStandIn, phone: SubscribedBrowser, notification: Notification
) -> None:
    await OutgoingPush.objects.aupdate(first_try_at=timezone.now() - timedelta(days=1), tries=30)
    await sync_to_async(push_service.fault)("server_error", token=phone.token)
    await send_due()
    assert (await the_push()).state == "sent"


@pytest.mark.parametrize(("then", "state"), [(enqueue, "waiting"), (take_back, "closing")])
async def test_change_while_a_push_service_asks_to_wait_does_not_shorten_the_wait(
    push_service: PushStandIn, notification: Notification, then: Callable[[Notification], None], state: str
) -> None:
    """The devices show the notification. A message that more has happened is on its way to them."""
    sender = await send_due()
    await sync_to_async(enqueue)(notification)
    await sync_to_async(push_service.fault)("rate_limited", retry_after="600")
    began = timezone.now()
    async with sending_held(push_service, sender):
        await sync_to_async(then)(notification)
    push = await the_push()
    assert (push.state, push.tries) == (state, 1)
    assert push.due_at >= began + timedelta(seconds=600)


async def test_taken_back_while_a_push_service_refuses_it_is_not_sent_again(
    push_service: PushStandIn, phone: SubscribedBrowser, notification: Notification
) -> None:
    await sync_to_async(push_service.fault)("rate_limited", retry_after="600")
    async with sending_held(push_service, PushSender()):
        await sync_to_async(take_back)(notification)
    assert ((await the_push()).state, await shown_in(phone)) == ("taken_back", [])
