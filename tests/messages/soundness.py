"""Check the stored counts of direct messages against the messages themselves."""

from strava_live.messages.conversation_writer import note_key
from strava_live.messages.models import ConversationSide, DirectMessage, Inbox
from strava_live.muting.models import Mute
from strava_live.notifications.models import Notification, NotificationActor


def is_sound() -> bool:
    """Return True if every stored count is what counting the messages gives."""
    for side in ConversationSide.objects.all():
        assert (
            side.unread
            == DirectMessage.objects.unread_after(side.conversation_id, side.user_id, side.read_up_to).count()
        ), side
        messages = DirectMessage.objects.in_conversation(side.conversation_id).order_by("pk")
        newest = messages.last()
        assert side.last_message_id == (newest.pk if newest else None), side
        mirrored = ConversationSide.objects.filter(user=side.other_id, other=side.user_id).first()
        if mirrored is not None:
            assert mirrored.conversation_id == side.conversation_id, side
            shown = mirrored.their_read_up_to, mirrored.their_delivered_up_to
            true = side.read_up_to, side.delivered_up_to
            is_blocked = Mute.objects.is_between(side.user_id, mirrored.user_id)
            assert shown == true or (is_blocked and shown[0] <= true[0] and shown[1] <= true[1]), side
        assert notified(side) in (None, side.unread or None), side
    for inbox in Inbox.objects.all():
        sides = ConversationSide.objects.of(inbox.user_id)
        assert inbox.unread == sum(side.unread for side in sides), inbox
        newest_row = DirectMessage.objects.of(inbox.user_id).order_by("pk").last()
        assert inbox.position >= (newest_row.pk if newest_row else 0), inbox
        assert inbox.mark >= max((side.mark for side in sides), default=0), inbox
    return True


def notified(side: ConversationSide) -> int | None:
    """Return the count of the unread notification about the other person's messages; None if there is none."""
    notes = Notification.objects.of(side.user_id).unread().with_key(note_key(side.other_id or 0))
    return NotificationActor.objects.filter(notification__in=notes).values_list("times", flat=True).first()
