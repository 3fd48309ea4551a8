"""Notifications arrive on devices, encrypted, and only when a person wants them there."""

import asyncio
import json
from datetime import time, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from simulators.push_process import PushStandIn
from strava_live.accounts.models import User
from strava_live.notifications.models import Notification
from strava_live.notifications.push_claims import PushDevice
from strava_live.notifications.push_models import NotificationChoices, OutgoingPush, PushSubscription
from strava_live.notifications.push_outbox import enqueue, take_back
from strava_live.notifications.push_sending import PushSender, devices_for
from strava_live.push_client.subscription import PushTarget
from tests.notifications.pushes import notification_for, states, subscribed
from tests.notifications.sent import held_by, send_due, send_later, sending_held, shown_in
from tests.push_client.clients import SubscribedBrowser, until_met
from tests.push_of import SITE_KEY

pytestmark = pytest.mark.usefixtures("connections_closed")


@pytest.fixture
def browser(push_service: PushStandIn) -> SubscribedBrowser:
    return SubscribedBrowser(push_service, SITE_KEY.public)


@pytest.fixture
def phone(athlete: User, browser: SubscribedBrowser) -> PushSubscription:
    return subscribed(athlete, browser)


@pytest.fixture
def notification(athlete: User, phone: PushSubscription) -> Notification:
    """A notification in the outbox of the athlete, who has one device."""
    notification = notification_for(athlete)
    enqueue(notification)
    return notification


async def chosen(user: User, **changes: Any) -> None:
    await NotificationChoices.objects.aupdate_or_create(user=user, defaults=changes)


async def states_of(user: User) -> list[str]:
    return await sync_to_async(states)(user)


async def test_device_gets_a_notification_that_says_nothing_personal(
    athlete: User, browser: SubscribedBrowser, notification: Notification
) -> None:
    await send_due()
    [shown] = await shown_in(browser)
    push = await OutgoingPush.objects.aget()
    assert shown == {
        "web_push": 8030,
        "notification": {
            "title": "Saturday Live",
            "body": "Someone wrote to you.",
            "navigate": "http://testserver/notifications/",
            "tag": push.tag,
        },
    }
    assert push.state == "sent"
    assert (await PushSubscription.objects.aget()).last_ok_at


@pytest.mark.parametrize(
    ("kind", "ttl", "urgency"),
    [
        ("message", "86400", "high"),
        ("mention", "86400", "normal"),
        ("reply", "86400", "normal"),
        ("answer", "86400", "normal"),
        ("cheer", "21600", "low"),
    ],
)
async def test_push_service_learns_how_long_and_how_urgent(
    athlete: User, browser: SubscribedBrowser, phone: PushSubscription, kind: str, ttl: str, urgency: str
) -> None:
    await sync_to_async(enqueue)(await sync_to_async(notification_for)(athlete, kind))
    await send_due()
    [message] = await sync_to_async(browser.messages)()
    sent = message["headers"]
    assert (sent["ttl"], sent["urgency"], sent["topic"]) == (ttl, urgency, (await OutgoingPush.objects.aget()).tag)


async def test_two_devices_get_it_and_reading_it_once_closes_it_on_both(
    athlete: User, push_service: PushStandIn, browser: SubscribedBrowser, notification: Notification
) -> None:
    other = SubscribedBrowser(push_service)
    await sync_to_async(subscribed)(athlete, other)
    sender = await send_due()
    assert await states_of(athlete) == ["sent"], "two devices are one row"

    await sync_to_async(take_back)(notification)
    await send_due(sender)

    tag = (await OutgoingPush.objects.aget()).tag
    for one in (browser, other):
        shown, closed = await shown_in(one)
        assert (shown["notification"]["tag"], closed) == (tag, {"close": tag})
    assert await states_of(athlete) == ["closed"]


@pytest.mark.parametrize(
    ("endpoint", "closes"), [("https://fcm.googleapis.com/x", True), ("https://web.push.apple.com/x", False)]
)
def test_safari_gets_no_message_to_close(endpoint: str, closes: bool) -> None:
    """It withdraws the subscription of a site whose message shows nothing."""
    device = PushDevice(1, PushTarget(endpoint, "", ""), None)
    sent, closing = OutgoingPush(), OutgoingPush(state="closing", shown_on=[1])
    assert devices_for(sent, [device]) == [device]
    assert devices_for(closing, [device]) == ([device] if closes else [])


async def test_what_was_read_before_it_was_sent_is_not_sent(
    athlete: User, browser: SubscribedBrowser, notification: Notification
) -> None:
    """It is not sent, although nothing has taken it back."""
    await Notification.objects.aupdate(read_at=timezone.now())
    await send_due()
    assert (await shown_in(browser), await states_of(athlete)) == ([], ["taken_back"])


async def test_what_is_gone_before_it_was_sent_is_not_sent(
    athlete: User, browser: SubscribedBrowser, notification: Notification
) -> None:
    await Notification.objects.all().adelete()
    await send_due()
    assert (await shown_in(browser), await states_of(athlete)) == ([], ["taken_back"])


async def test_what_is_gone_before_it_was_sent_again_is_closed(
    athlete: User, browser: SubscribedBrowser, notification: Notification
) -> None:
    sender = await send_due()
    await sync_to_async(enqueue)(notification)
    await Notification.objects.all().adelete()
    await send_due(await send_due(sender))  # the first look finds that it is gone
    shown, closed = await shown_in(browser)
    assert closed == {"close": shown["notification"]["tag"]}


@pytest.mark.parametrize("kind", ["message", "mention", "reply", "cheer", "answer"])
async def test_kind_that_is_switched_off(
    athlete: User, browser: SubscribedBrowser, phone: PushSubscription, kind: str
) -> None:
    await chosen(athlete, **{f"push_{kind}": False})
    for one in ("message", "mention", "reply", "cheer", "answer"):
        await sync_to_async(enqueue)(await sync_to_async(notification_for)(athlete, one, key=one))
    await send_due()
    assert len(await shown_in(browser)) == 4
    assert sorted(await states_of(athlete)) == ["not_wanted", "sent", "sent", "sent", "sent"]


async def test_quiet_hours_put_it_off_to_their_end(
    athlete: User, browser: SubscribedBrowser, notification: Notification
) -> None:
    """They are a time of day in the person's zone, and over midnight here."""
    now = timezone.now()
    await User.objects.filter(pk=athlete.pk).aupdate(time_zone="UTC")
    await chosen(athlete, quiet_from=shifted(now.time(), -2), quiet_until=shifted(now.time(), 2))

    await send_due()
    push = await OutgoingPush.objects.aget()
    assert (await shown_in(browser), push.state, push.tries) == ([], "waiting", 0)
    assert timedelta(hours=1, minutes=58) < push.due_at - now < timedelta(hours=2, minutes=1)

    await chosen(athlete, quiet_from=None, quiet_until=None)
    await send_later()
    assert len(await shown_in(browser)) == 1


def shifted(clock: time, hours: int) -> time:
    return clock.replace(hour=(clock.hour + hours) % 24, second=0, microsecond=0)


async def test_inactive_account_gets_nothing(
    athlete: User, browser: SubscribedBrowser, notification: Notification
) -> None:
    await User.objects.filter(pk=athlete.pk).aupdate(is_active=False)
    await send_due()
    assert (await shown_in(browser), await states_of(athlete)) == ([], ["not_wanted"])


async def test_browser_that_was_signed_in_with_an_earlier_password_gets_nothing(
    athlete: User, browser: SubscribedBrowser, notification: Notification
) -> None:
    athlete.set_password("another-one")
    await athlete.asave()
    await send_due()
    assert (await shown_in(browser), await states_of(athlete)) == ([], ["not_wanted"])


async def test_read_while_it_is_being_sent_is_closed_again(
    athlete: User, push_service: PushStandIn, browser: SubscribedBrowser, notification: Notification
) -> None:
    sender = PushSender()
    async with sending_held(push_service, sender):
        await sync_to_async(take_back)(notification)
    await send_due(sender)
    tag = (await OutgoingPush.objects.aget()).tag
    assert (await shown_in(browser))[1:] == [{"close": tag}]
    assert await states_of(athlete) == ["closed"]


async def test_more_that_happens_while_it_is_being_sent_is_sent_again(
    athlete: User, push_service: PushStandIn, browser: SubscribedBrowser, notification: Notification
) -> None:
    sender = PushSender()
    async with sending_held(push_service, sender):
        await sync_to_async(enqueue)(notification)
    await send_due(sender)
    first, second = await shown_in(browser)
    assert first == second
    assert await states_of(athlete) == ["sent"]


async def test_more_cheers_while_the_first_is_being_sent_wait_as_those_after_it(
    athlete: User, push_service: PushStandIn, browser: SubscribedBrowser, phone: PushSubscription
) -> None:
    cheered = await sync_to_async(notification_for)(athlete, "cheer")
    await sync_to_async(enqueue)(cheered)
    sender = PushSender()
    async with sending_held(push_service, sender):
        await sync_to_async(enqueue)(cheered)

    await send_due(sender)
    push = await OutgoingPush.objects.aget()
    assert (len(await shown_in(browser)), push.state) == (1, "waiting")
    assert push.sent_at
    assert push.due_at >= push.sent_at + timedelta(hours=1)
    await send_later(sender)
    assert len(await shown_in(browser)) == 2


async def test_many_people_with_several_notifications_each(
    athlete: User, push_service: PushStandIn, connections_closed: None
) -> None:
    """Each arrives once, in order, although a process sends to 20 people at once."""
    browsers = await sync_to_async(fill_outbox)(push_service, people=30, each=5)
    await send_due()
    messages: list[dict[str, Any]] = await sync_to_async(push_service.messages)()
    tags = [json.loads(one["text"])["notification"]["tag"] for one in messages]
    assert len(tags) == len(set(tags)) == 150
    for browser in browsers:
        got = [json.loads(one["text"])["notification"]["tag"] for one in messages if one["token"] == browser.token]
        in_order = OutgoingPush.objects.filter(tag__in=got).order_by("pk").values_list("tag", flat=True)
        assert got == [tag async for tag in in_order]


def fill_outbox(push_service: PushStandIn, *, people: int, each: int) -> list[SubscribedBrowser]:
    browsers = []
    for number in range(people):
        user = User.objects.create_user(f"runner-{number}")
        browsers.append(SubscribedBrowser(push_service))
        subscribed(user, browsers[-1])
        for one in range(each):
            enqueue(notification_for(user, key=f"message.{one}"))
    return browsers


async def test_without_a_key_nothing_is_claimed(athlete: User, notification: Notification, settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    await send_due()
    assert await states_of(athlete) == ["waiting"]


async def test_two_processes_send_each_once(athlete: User, push_service: PushStandIn) -> None:
    await sync_to_async(fill_outbox)(push_service, people=10, each=4)
    await asyncio.gather(send_due(), send_due())
    await send_due()
    assert len(await sync_to_async(push_service.messages)()) == 40


async def test_lease_of_a_killed_process_ends(
    athlete: User, browser: SubscribedBrowser, notification: Notification
) -> None:
    later = timezone.now() + timedelta(seconds=30)
    await OutgoingPush.objects.aupdate(lease_owner="killed", lease_until=later)
    await send_due()
    assert await shown_in(browser) == []
    await OutgoingPush.objects.aupdate(lease_until=timezone.now() - timedelta(seconds=1))
    await send_due()
    assert len(await shown_in(browser)) == 1


async def test_process_that_has_lost_its_lease_writes_nothing(
    athlete: User, push_service: PushStandIn, notification: Notification
) -> None:
    async with sending_held(push_service, PushSender()):
        await OutgoingPush.objects.aupdate(lease_owner="another")
    push = await OutgoingPush.objects.aget()
    assert (push.state, push.lease_owner) == ("waiting", "another")


async def test_ending_process_finishes_what_it_is_sending_and_releases_the_rest(
    athlete: User, push_service: PushStandIn, phone: PushSubscription
) -> None:
    for number in range(5):
        await sync_to_async(enqueue)(await sync_to_async(notification_for)(athlete, key=f"message.{number}"))
    async with held_by(push_service):
        serving = asyncio.create_task(PushSender().serve())
        await until_met(push_service)
        serving.cancel()
        await asyncio.sleep(0)
    await asyncio.gather(serving, return_exceptions=True)
    assert await states_of(athlete) == ["sent", "waiting", "waiting", "waiting", "waiting"]
    assert await OutgoingPush.objects.exclude(lease_until=None).acount() == 0


async def test_account_deleted_while_it_is_being_sent(
    athlete: User, push_service: PushStandIn, notification: Notification
) -> None:
    async with sending_held(push_service, PushSender()):
        await User.objects.filter(pk=athlete.pk).adelete()
    assert await OutgoingPush.objects.acount() == 0
