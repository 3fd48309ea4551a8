"""Sending and deleting direct messages: who may write to whom, what is stored, and the limits."""

import pytest
from pytest_django import DjangoAssertNumQueries

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.membership.leaving import leave
from strava_live.messages.access import CannotWrite, UnknownMessage, UnknownPerson, partner_of
from strava_live.messages.models import ConversationSide, DirectMessage, Inbox
from strava_live.messages.reading import mark_read, unread_of
from strava_live.messages.sending import BadText, delete_message, send_message
from strava_live.rate_limits import TooManyRequests
from strava_live.visibility import ShownAs
from tests.invisible_texts import INVISIBLE
from tests.messages.soundness import is_sound

pytestmark = pytest.mark.django_db


def show_as(user: User, shown_as: ShownAs) -> None:
    Membership.objects.of(user.pk).update(shown_as=shown_as)


def test_a_message_is_unread_for_the_other_and_counted_once(club: Club, athlete: User, clubmate: User) -> None:
    first = send_message(athlete.pk, clubmate.pk, " Coffee?\r\n\r\n\r\n\r\nAt nine ", "a1")
    again = send_message(athlete.pk, clubmate.pk, "Coffee?", "a1")
    answer = send_message(clubmate.pk, athlete.pk, "Yes")

    assert (first.text, again) == ("Coffee?\n\nAt nine", first)
    assert list(DirectMessage.objects.in_conversation(first.conversation_id).newest_first()) == [answer, first]
    assert (unread_of(athlete.pk), unread_of(clubmate.pk)) == (1, 1)
    assert ConversationSide.objects.of(clubmate.pk).get().other_name == "Alva B."
    assert is_sound()


def test_the_same_ref_to_another_person_is_another_message(
    club: Club, athlete: User, clubmate: User, captain: User
) -> None:
    Membership.objects.create(club=club, user=captain)
    send_message(athlete.pk, clubmate.pk, "Coffee?", "1")
    send_message(athlete.pk, captain.pk, "Coffee?", "1")
    assert DirectMessage.objects.count() == 2


def test_messages_to_oneself_a_stranger_or_an_unknown_id_are_refused(
    club: Club, athlete: User, stranger: User, clubmate: User
) -> None:
    show_as(clubmate, ShownAs.HIDDEN)
    for to_id in (athlete.pk, stranger.pk, clubmate.pk, 987_654, 10**30 - 1, 0):
        with pytest.raises(UnknownPerson):
            send_message(athlete.pk, to_id, "Hello")
    assert not ConversationSide.objects.exists()
    assert not Inbox.objects.exists()


def test_unknown_people_cost_the_same_queries(
    club: Club, athlete: User, stranger: User, clubmate: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    show_as(clubmate, ShownAs.HIDDEN)
    for to_id in (athlete.pk, stranger.pk, clubmate.pk, 987_654, 10**30 - 1):
        with django_assert_num_queries(2), pytest.raises(UnknownPerson):
            partner_of(athlete.pk, to_id)


def test_a_sender_without_a_name_is_asked_to_show_it(club: Club, athlete: User, clubmate: User) -> None:
    show_as(athlete, ShownAs.HIDDEN)
    with pytest.raises(CannotWrite, match="Show your name"):
        send_message(athlete.pk, clubmate.pk, "Hello")


@pytest.mark.parametrize("who_leaves", [0, 1])
def test_without_a_common_club_the_history_stays_and_writing_ends(
    club: Club, athlete: User, clubmate: User, who_leaves: int
) -> None:
    sent = send_message(athlete.pk, clubmate.pk, "Hello")
    leave(club.pk, (athlete, clubmate)[who_leaves].pk)

    for one, other in ((athlete, clubmate), (clubmate, athlete)):
        partner = partner_of(one.pk, other.pk)
        assert partner.why_not == "You can't send messages to this person at the moment."
        assert partner.side is not None
        with pytest.raises(CannotWrite):
            send_message(one.pk, other.pk, "Still there?")
    assert partner_of(athlete.pk, clubmate.pk).name == "Bruno C."
    mark_read(clubmate.pk, sent.pk)
    delete_message(athlete.pk, sent.pk)
    assert is_sound()


def test_a_person_who_hides_their_name_later_keeps_the_name_of_then(club: Club, athlete: User, clubmate: User) -> None:
    send_message(athlete.pk, clubmate.pk, "Hello")
    User.objects.filter(pk=clubmate.pk).update(display_name="Bruno Dias")
    assert partner_of(athlete.pk, clubmate.pk).name == "Bruno D."
    show_as(clubmate, ShownAs.HIDDEN)
    assert partner_of(athlete.pk, clubmate.pk).name == "Bruno C."
    with pytest.raises(CannotWrite, match="at the moment"):
        send_message(athlete.pk, clubmate.pk, "Hello")


@pytest.mark.parametrize("text", ["", " \n ", *INVISIBLE])
def test_text_that_shows_nothing_is_refused(club: Club, athlete: User, clubmate: User, text: str) -> None:
    with pytest.raises(BadText, match="Write something"):
        send_message(athlete.pk, clubmate.pk, text)


def test_text_is_cleaned_and_at_most_2000_characters_long(club: Club, athlete: User, clubmate: User) -> None:
    with pytest.raises(BadText, match="2,001 characters"):
        send_message(athlete.pk, clubmate.pk, "x" * 2001)
    assert len(send_message(athlete.pk, clubmate.pk, "x" * 2000).text) == 2000
    tricked = send_message(athlete.pk, clubmate.pk, "\u202e<b>abc\u2066\u200b</b>\x00 <script>alert(1)</script>")
    assert tricked.text == "<b>abc</b>  <script>alert(1)</script>"


def test_thirty_messages_a_minute(club: Club, athlete: User, clubmate: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("site_config.cache.microseconds", lambda: 1)  # on a slow machine places would come free
    for number in range(30):
        send_message(athlete.pk, clubmate.pk, "Hello", f"ref-{number}")
    with pytest.raises(TooManyRequests, match="a lot of messages"):
        send_message(athlete.pk, clubmate.pk, "Hello", "ref-30")
    assert send_message(athlete.pk, clubmate.pk, "Hello", "ref-7").ref == "ref-7"  # sent before
    send_message(clubmate.pk, athlete.pk, "Slow down")
    assert is_sound()


def test_the_eleventh_new_person_in_a_day_is_refused(club: Club, athlete: User, clubmate: User) -> None:
    send_message(clubmate.pk, athlete.pk, "You wrote to me first, so you are not new")
    people = [User.objects.create_user(f"member-{number}", display_name="Mia Moss") for number in range(11)]
    Membership.objects.bulk_create([Membership(club=club, user=one) for one in people])
    for one in people[:10]:
        send_message(athlete.pk, one.pk, "Hello")
    with pytest.raises(TooManyRequests, match="tomorrow"):
        send_message(athlete.pk, people[10].pk, "Hello")
    send_message(athlete.pk, clubmate.pk, "Hello")
    send_message(athlete.pk, people[0].pk, "Hello again")


def test_deleting_empties_the_text_for_both_and_takes_the_count_back(club: Club, athlete: User, clubmate: User) -> None:
    read = send_message(athlete.pk, clubmate.pk, "Read")
    mark_read(clubmate.pk, read.pk)
    unread = send_message(athlete.pk, clubmate.pk, "Secret", "a1")
    for message in (read, unread, unread):
        delete_message(athlete.pk, message.pk)

    unread.refresh_from_db()
    assert (unread.text, unread.is_deleted, unread_of(clubmate.pk)) == ("", True, 0)
    assert send_message(athlete.pk, clubmate.pk, "Secret", "a1").is_deleted  # no second message
    assert DirectMessage.objects.written().count() == 2
    assert not DirectMessage.objects.filter(text__contains="Secret").exists()
    assert is_sound()


def test_only_the_sender_can_delete(club: Club, athlete: User, clubmate: User, captain: User) -> None:
    Membership.objects.create(club=club, user=captain, role=Membership.Role.CAPTAIN)
    sent = send_message(athlete.pk, clubmate.pk, "Hello")
    for who in (clubmate, captain):
        with pytest.raises(UnknownMessage):
            delete_message(who.pk, sent.pk)
    for message_id in (sent.pk + 1, 0, 10**30 - 1):
        with pytest.raises(UnknownMessage):
            delete_message(athlete.pk, message_id)


def test_text_of_a_million_characters_is_refused_before_each_is_looked_at(athlete: User, clubmate: User) -> None:
    with pytest.raises(BadText, match="That's 1,000,000 characters"):
        send_message(athlete.pk, clubmate.pk, " " * 1_000_000)
