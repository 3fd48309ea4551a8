"""What is put into the outbox of browser push, put there again, and taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from strava_live.accounts.models import User
from strava_live.notifications.push_models import OutgoingPush
from strava_live.notifications.push_outbox import enqueue, enqueue_all, take_back, take_back_all
from tests.notifications.pushes import mark_sent, notification_for, states, subscribed

pytestmark = pytest.mark.django_db


def test_person_without_a_device_has_nothing_in_the_outbox(athlete: User) -> None:
    enqueue(notification_for(athlete))
    assert states(athlete) == []


def test_two_devices_are_one_row(athlete: User) -> None:
    subscribed(athlete)
    subscribed(athlete)
    enqueue(notification_for(athlete))
    assert states(athlete) == ["waiting"]


def test_what_joins_a_waiting_notification_changes_nothing(athlete: User) -> None:
    subscribed(athlete)
    notification = notification_for(athlete)
    enqueue(notification)
    before = OutgoingPush.objects.get()
    enqueue(notification)
    after = OutgoingPush.objects.get()
    assert (after.tag, after.due_at, after.state) == (before.tag, before.due_at, "waiting")


@pytest.mark.parametrize(("kind", "again_after"), [("message", timedelta()), ("cheer", timedelta(hours=1))])
def test_more_of_what_was_sent_is_sent_again(athlete: User, kind: str, again_after: timedelta) -> None:
    """A second message at once, and more cheers an hour after the first."""
    device = subscribed(athlete)
    notification = notification_for(athlete, kind)
    enqueue(notification)
    sent_at = timezone.now() - timedelta(minutes=5)
    mark_sent(OutgoingPush.objects.get(), sent_at, device)
    enqueue(notification)
    again = OutgoingPush.objects.get()
    assert (again.state, again.sent_to, again.shown_on) == ("waiting", [], [device.pk])
    assert again.due_at == max(sent_at + again_after, again.due_at)
    assert (again.due_at > timezone.now()) == (kind == "cheer")


def test_taken_back_before_it_was_sent(athlete: User) -> None:
    subscribed(athlete)
    notification = notification_for(athlete)
    enqueue(notification)
    take_back(notification)
    assert states(athlete) == ["taken_back"]


def test_taken_back_after_it_was_sent_is_closed_on_the_devices(athlete: User) -> None:
    device = subscribed(athlete)
    notification = notification_for(athlete)
    enqueue(notification)
    mark_sent(OutgoingPush.objects.get(), timezone.now(), device)
    take_back(notification)
    notification.delete()
    row = OutgoingPush.objects.get()
    assert (row.state, row.shown_on, row.notification_id) == ("closing", [device.pk], None)


@pytest.mark.parametrize("state", ["page_open", "not_wanted", "given_up"])
def test_device_closes_what_it_has_got_also_if_more_was_not_sent(athlete: User, state: str) -> None:
    """The second message of a clubmate came while a page was open: the phone still shows the first one."""
    device = subscribed(athlete)
    notification = notification_for(athlete)
    enqueue(notification)
    mark_sent(OutgoingPush.objects.get(), timezone.now(), device)
    enqueue(notification)
    OutgoingPush.objects.update(state=state)
    take_back(notification)
    assert states(athlete) == ["closing"]


def test_more_of_what_waits_for_one_device_is_sent_to_the_other_again(athlete: User) -> None:
    """The push service of the second device does not answer, and the first device must not wait for it."""
    reached = subscribed(athlete)
    subscribed(athlete)
    notification = notification_for(athlete)
    enqueue(notification)
    later = timezone.now() + timedelta(minutes=30)
    OutgoingPush.objects.update(sent_to=[reached.pk], shown_on=[reached.pk], due_at=later, tries=4)
    enqueue(notification)
    row = OutgoingPush.objects.get()
    assert (row.state, row.sent_to, row.shown_on, row.tries) == ("waiting", [], [reached.pk], 4)
    assert row.due_at <= timezone.now()


def test_queries_do_not_grow_with_people(
    athlete: User, clubmate: User, captain: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [athlete, clubmate, captain]
    for who in people:
        subscribed(who)
    notifications = [notification_for(who) for who in people]
    for some in (notifications[:1], notifications):
        with django_assert_num_queries(6):
            enqueue_all(some)
        with django_assert_num_queries(2):
            take_back_all([one.pk for one in some])


def test_nothing_to_do(athlete: User) -> None:
    enqueue_all([])
    take_back_all([])
    take_back(notification_for(athlete))
    assert states(athlete) == []
