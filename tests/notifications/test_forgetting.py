"""Notifications go with what they are about, with the people who caused them, and with time."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.lifecycle.erasure import erase
from strava_live.membership.leaving import leave
from strava_live.messages.forgetting import forget_person
from strava_live.notifications.forgetting import delete_old_notifications, forget_between
from strava_live.notifications.models import KEPT_DAYS, Notification, NotificationActor
from strava_live.notifications.noting import note
from strava_live.notifications.push_models import OutgoingPush
from strava_live.social.posts import delete_post, post
from strava_live.visibility import ShownAs
from tests.notifications.noted import cheered, noted, people_in, uncheered
from tests.notifications.pushes import mark_sent, states, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(club: Club, captain: User) -> Entry:
    return post(captain.pk, club.pk, "Who is coming?")


def test_muting_does_not_tell_what_the_muted_person_did_without_a_name(captain: User, entry: Entry) -> None:
    [fan] = people_in(entry.club, 1)
    Membership.objects.filter(user=fan).update(shown_as=ShownAs.HIDDEN)
    cheered(entry, fan)
    note(captain.pk, "message", f"message.{fan.pk}", actor_id=fan.pk)
    forget_between(captain.pk, fan.pk)
    assert noted(captain) == [("cheer", 1, False)]


def test_removed_entry_takes_its_notifications(club: Club, captain: User, entry: Entry) -> None:
    cheered(entry, *people_in(club, 2))
    delete_post(captain.pk, entry.pk)
    assert noted(captain) == []


def test_leaving_deletes_notifications_to_and_by_the_member(
    club: Club, captain: User, entry: Entry, member: Membership
) -> None:
    [fan] = people_in(club, 1)
    cheered(entry, fan, member.user)
    note(member.user_id, "mention", "mention.1", actor_id=fan.pk, entry=entry)
    note(member.user_id, "answer", "answer.join.1", actor_id=captain.pk, club_id=club.pk)
    leave(club.pk, member.user_id)
    assert noted(captain) == [("cheer", 1, False)]
    assert noted(member.user) == [("answer", 0, False)]


def test_deleted_account_takes_what_it_caused(club: Club, captain: User, entry: Entry) -> None:
    fans = people_in(club, 2)
    cheered(entry, *fans)
    note(captain.pk, "message", f"message.{fans[0].pk}", actor_id=fans[0].pk)
    erase(fans[0])
    assert noted(captain) == [("cheer", 1, False)]


def test_message_right_before_an_account_is_deleted_leaves_no_notification(
    club: Club, captain: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is stored just before the inboxes are locked. Notifications are locked after the inboxes."""
    [fan] = people_in(club, 1)
    fan_id = fan.pk

    def receive_message(user_id: int) -> None:
        note(captain.pk, "message", f"message.{fan_id}", actor_id=fan_id)
        forget_person(user_id)

    monkeypatch.setattr("strava_live.lifecycle.erasure.forget_in_messages", receive_message)
    erase(fan)
    assert noted(captain) == []


def test_mute_takes_what_the_other_has_caused(club: Club, captain: User, entry: Entry) -> None:
    fans = people_in(club, 2)
    cheered(entry, *fans)
    note(fans[1].pk, "mention", "mention.1", actor_id=fans[0].pk, entry=entry)
    forget_between(captain.pk, fans[0].pk)
    assert (noted(captain), noted(fans[1])) == ([("cheer", 1, False)], [("mention", 1, False)])


@pytest.mark.django_db(transaction=True)
def test_old_notifications_are_deleted_read_or_not(club: Club, captain: User, entry: Entry) -> None:
    fans = people_in(club, 2)
    for number, fan in enumerate(fans):
        note(captain.pk, "message", f"message.{fan.pk}", actor_id=fan.pk)
        age = timedelta(days=89 + number, hours=1)
        Notification.objects.with_key(f"message.{fan.pk}").update(at=timezone.now() - age)
    assert async_to_sync(delete_old_notifications)() == 1
    assert NotificationActor.objects.get().actor_id == fans[0].pk


@pytest.mark.django_db(transaction=True)
def test_old_notification_is_closed_on_the_phone_that_shows_it(captain: User, entry: Entry) -> None:
    """A new cheer was sent to the phone, and taken back. An old one is left, so the notification is old again."""
    phone = subscribed(captain)
    early, late = people_in(entry.club, 2)
    cheered(entry, early)
    NotificationActor.objects.update(at=timezone.now() - timedelta(days=KEPT_DAYS, hours=1))
    cheered(entry, late)
    mark_sent(OutgoingPush.objects.get(), timezone.now(), phone)
    uncheered(entry, late)
    async_to_sync(delete_old_notifications)()
    assert states(captain) == ["closing"]


def test_forgetting_costs_the_same_for_many(
    club: Club, captain: User, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    entries = [post(captain.pk, club.pk, f"Post {number}") for number in range(12)]
    fans = people_in(club, 3)
    for entry in entries:
        cheered(entry, *fans)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        forget_between(captain.pk, fans[0].pk)
    assert {row.count for row in Notification.objects.all()} == {2}
