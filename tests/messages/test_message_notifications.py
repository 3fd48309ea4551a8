"""The notification about the unread messages of one sender says how many these are."""

from functools import partial

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.messages.models import ConversationSide
from strava_live.messages.reading import mark_read
from strava_live.messages.sending import delete_message, send_message
from strava_live.muting.choices import mute, unmute
from strava_live.notifications.models import Notification
from strava_live.notifications.newest import encoded
from strava_live.notifications.reading import mark_read as mark_notifications_read
from tests import people
from tests.messages.soundness import is_sound, notified
from tests.together import together

pytestmark = pytest.mark.django_db


def says(user: User) -> list[str]:
    """Return the person's unread notifications in words, newest first."""
    notes = Notification.objects.of(user.pk).unread().newest_first().with_words()
    return [one["says"] for one in encoded(user.pk, list(notes))]


def sent(sender: User, to: User, count: int) -> list[int]:
    return [send_message(sender.pk, to.pk, f"{number}").pk for number in range(count)]


def test_reading_a_part_leaves_the_rest_in_the_notification(club: Club, athlete: User, clubmate: User) -> None:
    ids = sent(clubmate, athlete, 3)
    assert says(athlete) == ["Bruno C. sent you 3 messages"]
    mark_read(athlete.pk, ids[1])
    assert says(athlete) == ["Bruno C. sent you a message"]
    sent(clubmate, athlete, 1)
    assert says(athlete) == ["Bruno C. sent you 2 messages"]
    mark_read(athlete.pk, ids[2] + 1)
    assert says(athlete) == []
    assert is_sound()


def test_deleting_unread_messages_takes_their_notification_back(club: Club, athlete: User, clubmate: User) -> None:
    for message_id, left in zip(sent(clubmate, athlete, 2), (["Bruno C. sent you a message"], []), strict=True):
        delete_message(clubmate.pk, message_id)
        assert says(athlete) == left
    assert not Notification.objects.exists()


def test_deleting_an_unread_message_leaves_the_notification_of_a_later_one(
    club: Club, athlete: User, clubmate: User
) -> None:
    (first,) = sent(clubmate, athlete, 1)
    mark_notifications_read(athlete.pk, all_of_them=True)
    sent(clubmate, athlete, 1)
    assert says(athlete) == ["Bruno C. sent you 2 messages"]
    delete_message(clubmate.pk, first)
    assert says(athlete) == ["Bruno C. sent you a message"]
    assert is_sound()


def test_a_notification_that_was_read_goes_with_its_deleted_message(club: Club, athlete: User, clubmate: User) -> None:
    (only,) = sent(clubmate, athlete, 1)
    mark_notifications_read(athlete.pk, all_of_them=True)
    delete_message(clubmate.pk, only)
    assert not Notification.objects.exists()


def test_messages_of_a_muted_person_count_after_the_mute(club: Club, athlete: User, clubmate: User) -> None:
    mute(athlete.pk, clubmate.pk)
    sent(clubmate, athlete, 1)
    unmute(athlete.pk, clubmate.pk)
    sent(clubmate, athlete, 1)
    assert says(athlete) == ["Bruno C. sent you 2 messages"]


@pytest.mark.django_db(transaction=True)
def test_reading_and_deleting_at_the_same_moment_keep_the_number_right() -> None:
    club = Club.objects.create(slug="striders", name="Striders")
    athlete, clubmate = people.athlete(), people.clubmate()
    Membership.objects.bulk_create(Membership(club=club, user=one) for one in (athlete, clubmate))
    for _ in range(4):
        first, second, third = sent(clubmate, athlete, 4)[:3]
        together(
            partial(mark_read, athlete.pk, second),
            partial(delete_message, clubmate.pk, first),
            partial(delete_message, clubmate.pk, third),
            partial(send_message, clubmate.pk, athlete.pk, "4"),
        )
        side = ConversationSide.objects.of(athlete.pk).get()
        assert (side.unread, notified(side)) == (2, 2)
        assert is_sound()
        mark_read(athlete.pk, side.received_up_to)
