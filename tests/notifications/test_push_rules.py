"""With an open page, with muted people, and with names: what devices get of real notifications."""

from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async

from simulators.push_process import PushStandIn
from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.muting.choices import block, mute
from strava_live.notifications.open_pages import note_page
from strava_live.notifications.push_models import NotificationChoices, OutgoingPush
from strava_live.notifications.push_sending import PushSender
from strava_live.notifications.reading import mark_read
from strava_live.social.posts import post
from strava_live.visibility import ShownAs
from tests.notifications.noted import cheered, people_in
from tests.notifications.pushes import states, subscribed
from tests.notifications.sent import send_due, shown_in
from tests.push_client.clients import SubscribedBrowser
from tests.push_of import SITE_KEY

pytestmark = pytest.mark.usefixtures("connections_closed")


@pytest.fixture
def entry(club: Club, captain: User) -> Entry:
    return post(captain.pk, club.pk, "Who is coming?")


@pytest.fixture
def fans(club: Club) -> list[User]:
    return people_in(club, 3)


@pytest.fixture
def browser(push_service: PushStandIn, captain: User) -> SubscribedBrowser:
    """The captain's device."""
    browser = SubscribedBrowser(push_service, SITE_KEY.public)
    subscribed(captain, browser)
    return browser


async def state_of(user: User) -> list[str]:
    return await sync_to_async(states)(user)


async def test_nothing_is_sent_while_a_page_is_open(
    captain: User, entry: Entry, fans: list[User], browser: SubscribedBrowser
) -> None:
    await sync_to_async(note_page)(captain.pk, "a page")
    await sync_to_async(cheered)(entry, fans[0])
    await send_due()
    assert (await shown_in(browser), await state_of(captain)) == ([], ["page_open"])


async def test_page_that_is_opened_right_before_it_is_sent(
    captain: User, entry: Entry, fans: list[User], browser: SubscribedBrowser
) -> None:
    """The page is opened after a process has claimed the notification."""
    await sync_to_async(cheered)(entry, fans[0])
    sender = PushSender()
    await sender.claim_and_send()
    note_page(captain.pk, "a page")  # without awaiting: the task that sends has not begun
    await sender.tasks[captain.pk]
    assert (await shown_in(browser), await state_of(captain)) == ([], ["page_open"])


@pytest.mark.parametrize("hide", [mute, block], ids=["muted", "blocked"])
async def test_nothing_is_sent_from_people_who_were_muted_meanwhile(
    captain: User, entry: Entry, fans: list[User], browser: SubscribedBrowser, hide: Callable[[int, int], None]
) -> None:
    await sync_to_async(cheered)(entry, fans[0])
    await sync_to_async(hide)(captain.pk, fans[0].pk)
    await send_due()
    assert await shown_in(browser) == []
    assert await OutgoingPush.objects.live().acount() == 0


async def test_what_a_muted_person_does_without_a_name_is_sent(
    captain: User, entry: Entry, fans: list[User], browser: SubscribedBrowser
) -> None:
    """Otherwise a phone that stays silent would reveal that it was the muted person."""
    await Membership.objects.filter(user=fans[0]).aupdate(shown_as=ShownAs.HIDDEN)
    await sync_to_async(cheered)(entry, fans[0])
    await sync_to_async(mute)(captain.pk, fans[0].pk)
    await send_due()
    [shown] = await shown_in(browser)
    assert shown["notification"]["body"].endswith("cheered for you.")


async def test_names_are_shown_only_after_the_person_has_chosen_it(
    captain: User, entry: Entry, fans: list[User], browser: SubscribedBrowser
) -> None:
    await sync_to_async(cheered)(entry, *fans)
    sender = await send_due()
    await sync_to_async(mark_read)(captain.pk, all_of_them=True)
    await NotificationChoices.objects.acreate(user=captain, show_text=True)
    await sync_to_async(cheered)(entry, *fans)
    await send_due(sender)

    first, second = (one["notification"] for one in await shown_in(browser) if "notification" in one)
    assert first["body"] == "Someone cheered for you."
    for text in (*(fan.display_name.split()[0] for fan in fans), entry.text, "striders", str(captain.pk)):
        assert text not in str({**first, "tag": ""})
    assert second["body"].endswith("and 2 others cheered your post")
    assert second["navigate"].startswith("http://testserver/clubs/")


async def test_reading_it_on_the_page_closes_it_on_the_device(
    captain: User, entry: Entry, fans: list[User], browser: SubscribedBrowser
) -> None:
    await sync_to_async(cheered)(entry, fans[0])
    sender = await send_due()
    await sync_to_async(mark_read)(captain.pk, all_of_them=True)
    await send_due(sender)
    shown, closed = await shown_in(browser)
    assert closed == {"close": shown["notification"]["tag"]}
