"""Marking messages as read and delivered."""

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.messages import reading
from strava_live.messages.access import UnknownMessage
from strava_live.messages.models import ConversationSide, DirectMessage
from strava_live.messages.reading import mark_delivered, mark_read, unread_of
from strava_live.messages.sending import send_message
from tests.messages.soundness import is_sound

pytestmark = pytest.mark.django_db


def side_of(user: User) -> ConversationSide:
    return ConversationSide.objects.of(user.pk).get()


def test_reading_up_to_a_message_leaves_the_later_ones_unread(club: Club, athlete: User, clubmate: User) -> None:
    first, second, third = (send_message(athlete.pk, clubmate.pk, text) for text in ("1", "2", "3"))
    mark_read(clubmate.pk, second.pk)
    assert (unread_of(clubmate.pk), side_of(clubmate).unread, side_of(athlete).their_read_up_to) == (1, 1, second.pk)
    mark_read(clubmate.pk, first.pk)  # does not go back
    assert side_of(clubmate).read_up_to == second.pk
    mark_read(clubmate.pk, third.pk)
    assert (unread_of(clubmate.pk), side_of(athlete).their_delivered_up_to) == (0, third.pk)
    assert is_sound()


def test_reading_again_or_up_to_an_own_message_changes_nothing(club: Club, athlete: User, clubmate: User) -> None:
    sent = send_message(athlete.pk, clubmate.pk, "Hello")
    mark_read(clubmate.pk, sent.pk)
    before = side_of(athlete).mark, side_of(clubmate).mark
    mark_read(clubmate.pk, sent.pk)
    mark_read(athlete.pk, sent.pk)
    assert (side_of(athlete).mark, side_of(clubmate).mark) == before


def test_messages_of_others_cannot_be_read(club: Club, athlete: User, clubmate: User, captain: User) -> None:
    Membership.objects.create(club=club, user=captain, role=Membership.Role.CAPTAIN)
    sent = send_message(athlete.pk, clubmate.pk, "Hello")
    for message_id in (sent.pk, sent.pk + 1, 10**30 - 1):
        with pytest.raises(UnknownMessage):
            mark_read(captain.pk, message_id)
    assert unread_of(clubmate.pk) == 1


def test_delivered_up_to_an_id_in_all_conversations(club: Club, athlete: User, clubmate: User, captain: User) -> None:
    Membership.objects.create(club=club, user=captain)
    first = send_message(athlete.pk, clubmate.pk, "1")
    second = send_message(captain.pk, clubmate.pk, "2")
    later = send_message(athlete.pk, clubmate.pk, "3")

    mark_delivered(clubmate.pk, second.pk)
    assert side_of(athlete).their_delivered_up_to in (first.pk, second.pk)
    assert side_of(athlete).their_delivered_up_to < later.pk
    assert side_of(captain).their_delivered_up_to == second.pk
    mark_delivered(clubmate.pk, 10**30 - 1)
    assert side_of(athlete).their_delivered_up_to == later.pk
    mark_delivered(captain.pk, later.pk)  # nothing was sent to the captain
    assert is_sound()


def test_delivered_from_many_people_at_once(club: Club, clubmate: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_AT_ONCE", 3)
    people = [User.objects.create_user(f"member-{number}") for number in range(7)]
    Membership.objects.bulk_create([Membership(club=club, user=one) for one in people])
    for one in people:
        send_message(one.pk, clubmate.pk, "Hello")
    mark_delivered(clubmate.pk, DirectMessage.objects.order_by("pk").last().pk)  # type: ignore[union-attr]
    assert not ConversationSide.objects.of(clubmate.pk).undelivered().exists()
    assert is_sound()
