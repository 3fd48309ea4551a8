"""Direct messages between two people of whom one has muted or blocked the other."""

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club
from strava_live.messages.access import CannotWrite, partner_of
from strava_live.messages.models import ConversationSide, Inbox
from strava_live.messages.reading import mark_delivered, mark_read, unread_of
from strava_live.messages.sending import send_message
from strava_live.muting.choices import block, mute, unblock
from strava_live.notifications.models import Notification
from tests.messages.soundness import is_sound

pytestmark = pytest.mark.django_db


def unread_notifications(user: User) -> list[str]:
    return list(Notification.objects.of(user.pk).unread().values_list("key", flat=True))


@pytest.mark.parametrize("begun", [True, False])
def test_after_a_block_neither_can_write(club: Club, athlete: User, clubmate: User, begun: bool) -> None:
    if begun:
        send_message(athlete.pk, clubmate.pk, "Hello")
    block(athlete.pk, clubmate.pk)
    with pytest.raises(CannotWrite, match="Unblock them"):
        send_message(athlete.pk, clubmate.pk, "Hello")
    with pytest.raises(CannotWrite, match="at the moment"):
        send_message(clubmate.pk, athlete.pk, "Hello")
    assert (partner_of(clubmate.pk, athlete.pk).side is not None) == begun
    unblock(athlete.pk, clubmate.pk)
    send_message(clubmate.pk, athlete.pk, "Hello")


def receipts(user: User) -> tuple[int, ...]:
    """What the person sees of the other's receipts, and the numbers by which their devices find changes."""
    side = ConversationSide.objects.of(user.pk).get()
    return side.their_delivered_up_to, side.their_read_up_to, side.mark, Inbox.objects.get(user=user).mark


@pytest.mark.parametrize("who_blocks", [0, 1])
def test_after_a_block_neither_sees_what_the_other_receives_and_reads(
    club: Club, athlete: User, clubmate: User, who_blocks: int
) -> None:
    pairs = [(athlete, clubmate), (clubmate, athlete)]
    sent = {sender: [send_message(sender.pk, to.pk, text).pk for text in ("1", "2")] for sender, to in pairs}
    mark_read(clubmate.pk, sent[athlete][0])
    block(pairs[who_blocks][0].pk, pairs[who_blocks][1].pk)

    for sender, reader in pairs:
        before = receipts(sender)
        mark_delivered(reader.pk, sent[sender][1])
        assert receipts(sender) == before
        mark_read(reader.pk, sent[sender][1])
        assert receipts(sender) == before
        assert unread_of(reader.pk) == 0
    assert receipts(athlete)[1] == sent[athlete][0]
    assert is_sound()

    unblock(pairs[who_blocks][0].pk, pairs[who_blocks][1].pk)
    for sender, reader in pairs:
        later = send_message(sender.pk, reader.pk, "3")
        mark_delivered(reader.pk, later.pk)
        mark_read(reader.pk, later.pk)
        assert receipts(sender)[:2] == (later.pk, later.pk)
    assert is_sound()


def test_a_muted_person_writes_without_a_notification(club: Club, athlete: User, clubmate: User) -> None:
    mute(athlete.pk, clubmate.pk)
    send_message(clubmate.pk, athlete.pk, "Hello")
    assert (unread_of(athlete.pk), unread_notifications(athlete)) == (1, [])
