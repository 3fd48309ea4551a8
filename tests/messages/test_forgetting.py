"""Direct messages of a person who has deleted their account: they stay with the other person, without a name."""

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.lifecycle.erasure import erase
from strava_live.messages.access import UnknownPerson, names_seen_by, partner_of
from strava_live.messages.models import Conversation, ConversationSide, DirectMessage, Inbox
from strava_live.messages.reading import mark_delivered, mark_read, unread_of
from strava_live.messages.sending import delete_message, send_message
from strava_live.messages.snapshot import encoded_for, hello_for
from tests.messages.soundness import is_sound

pytestmark = pytest.mark.django_db


def test_the_other_person_keeps_the_conversation_with_a_former_member(
    club: Club, athlete: User, clubmate: User
) -> None:
    send_message(athlete.pk, clubmate.pk, "Lift?", "ref-of-alva")
    send_message(clubmate.pk, athlete.pk, "Yes")
    athlete_id = athlete.pk

    erase(athlete)

    side = ConversationSide.objects.get()
    assert (side.user_id, side.other_id, side.other_name, side.unread) == (clubmate.pk, None, "", 0)
    assert names_seen_by(clubmate.pk, [side]) == {side.conversation_id: "a former member"}
    kept = list(DirectMessage.objects.in_conversation(side.conversation_id).order_by("pk"))
    shown = encoded_for(clubmate.pk, kept)
    assert [(one["text"], one["with"], one["mine"]) for one in shown] == [("Lift?", None, False), ("Yes", None, True)]
    assert ([one.ref for one in kept], Inbox.objects.count()) == (["", ""], 1)
    assert unread_of(clubmate.pk) == 0
    with pytest.raises(UnknownPerson):
        partner_of(clubmate.pk, athlete_id)


def test_a_device_that_was_away_learns_that_the_other_is_a_former_member(
    club: Club, athlete: User, clubmate: User, captain: User
) -> None:
    Membership.objects.create(club=club, user=captain)
    unread = send_message(athlete.pk, clubmate.pk, "Lift?")
    send_message(captain.pk, athlete.pk, "Only from me")
    before = {user: hello_for(user.pk, None, None)[0] for user in (clubmate, captain)}

    erase(athlete)

    for user, hello in before.items():
        now, more = hello_for(user.pk, hello.position, hello.mark)
        (reads,) = now.reads
        assert (reads["with"], reads["unread"], now.unread, now.complete, more) == (None, 0, 0, True, False)
        assert reads["mark"] == now.mark == hello.mark + 1
    assert (
        hello_for(clubmate.pk, before[clubmate].position, before[clubmate].mark)[0].reads[0]["read_up_to"] == unread.pk
    )
    assert is_sound()


def test_what_is_left_can_be_read_and_deleted(club: Club, athlete: User, clubmate: User) -> None:
    asked = send_message(athlete.pk, clubmate.pk, "Lift?")
    mine = send_message(clubmate.pk, athlete.pk, "Yes")
    erase(athlete)

    mark_delivered(clubmate.pk, asked.pk)
    mark_read(clubmate.pk, asked.pk)
    delete_message(clubmate.pk, mine.pk)

    assert unread_of(clubmate.pk) == 0
    assert DirectMessage.objects.written().get(pk=mine.pk).text == ""
    assert is_sound()


def test_with_the_second_account_the_conversation_goes(club: Club, athlete: User, clubmate: User) -> None:
    sent = send_message(athlete.pk, clubmate.pk, "Lift?")
    delete_message(athlete.pk, sent.pk)
    send_message(clubmate.pk, athlete.pk, "Yes")

    erase(athlete)
    erase(clubmate)

    assert [model.objects.count() for model in (Conversation, ConversationSide, DirectMessage, Inbox)] == [0, 0, 0, 0]
