"""Add, delete and mark as read messages of one conversation, with both sides and inboxes locked:

    with conversation_writer(user_id, conversation_id) as writer:
        writer.delete(user_id, message)

reading.py marks messages as delivered. Each change takes the next mark of both inboxes. The changes are announced after
the commit. A person's unread notification about the other's messages says how many of these are unread.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from strava_live.broadcast import announce_person_changed_after_commit
from strava_live.messages.access import Names, UnknownMessage, names_seen_by
from strava_live.messages.encoding import encode_message
from strava_live.messages.inboxes import PersonGone, announce_after_commit, lock_inboxes, save_inboxes
from strava_live.messages.models import Conversation, ConversationSide, DirectMessage, Inbox
from strava_live.muting.models import Mute
from strava_live.notifications.models import Notification
from strava_live.notifications.noting import note, set_times, take_back
from strava_live.notifications.reading import mark_read as mark_notification_read
from strava_live.protocol.messages import ConversationRead, MessageAdded, MessageChanged

SIDE_FIELDS = [
    "other_name",
    "unread",
    "read_up_to",
    "received_up_to",
    "delivered_up_to",
    "their_read_up_to",
    "their_delivered_up_to",
    "last_message",
    "last_at",
    "mark",
]
"""The fields of a side that change after the conversation has begun."""


def note_key(sender_id: int) -> str:
    """Return the key of the notification about the messages of this person."""
    return f"message.{sender_id}"


@dataclass(slots=True)
class ConversationWriter:
    """Collect the changes to one conversation. `save` stores them. With a former member, there is one side."""

    sides: Mapping[int, ConversationSide]
    """The sides, by the id of their person."""
    inboxes: Mapping[int, Inbox]
    """The locked inboxes of the same people."""
    now: datetime

    def add(self, sender_id: int, recipient_id: int, text: str, ref: str) -> DirectMessage:
        """Add a message. The caller has made sure that its sender has sent none with this `ref`."""
        sent = self.sides[sender_id]
        message = DirectMessage.objects.create(
            conversation_id=sent.conversation_id,
            sender_id=sender_id,
            recipient_id=recipient_id,
            text=text,
            ref=ref,
            at=self.now,
        )
        received = self.sides[recipient_id]
        received.received_up_to = message.pk
        received.unread += 1
        self.inboxes[recipient_id].unread += 1
        kind, key = Notification.NoteKind.MESSAGE, note_key(sender_id)
        note(recipient_id, kind, key, actor_id=sender_id, times=received.unread)
        announce_person_changed_after_commit([recipient_id])
        for side in self.sides.values():
            side.last_message, side.last_at = message, self.now
            self.announce_message(MessageAdded, message, side, side.other_name, position=message.pk)
        return message

    def delete(self, sender_id: int, message: DirectMessage) -> None:
        """Empty a message for both people, and record the deletion."""
        message.text, message.deleted_at = "", self.now
        message.save(update_fields=["text", "deleted_at"])
        record = DirectMessage.objects.create(
            conversation_id=message.conversation_id,
            sender_id=message.sender_id,
            recipient_id=message.recipient_id,
            at=self.now,
            deletes=message,
        )
        received = self.sides.get(message.recipient_id or 0)
        if received is not None and message.pk > received.read_up_to:
            received.unread -= 1
            self.inboxes[received.user_id].unread -= 1
            key = note_key(sender_id)
            if not set_times(received.user_id, key, sender_id, received.unread):
                take_back(received.user_id, key, sender_id)  # the person has read the notification, not the message
            announce_person_changed_after_commit([received.user_id])
        for user_id, side in self.sides.items():
            name = names_seen_by(user_id, [side])[side.conversation_id]
            self.announce_message(MessageChanged, message, side, name, position=record.pk)

    def announce_message(
        self,
        kind: type[MessageAdded | MessageChanged],
        message: DirectMessage,
        side: ConversationSide,
        name: str,
        *,
        position: int,
    ) -> None:
        """Announce a message to the person of a side, who sees the other person under `name`."""
        inbox = self.inboxes[side.user_id]
        inbox.position = position
        announced = kind(
            message=encode_message(message, side.user_id, name),
            unread=inbox.unread,
            conversation_unread=side.unread,
            position=position,
            mark=self.next_mark(side),
        )
        announce_after_commit(inbox, announced, position=position)

    def read(self, reader_id: int, message_id: int) -> bool:
        """Mark the messages to a person up to this one as read. Return False if they were already read.

        The other person does not learn of it while one of the two blocks the other.
        """
        side = self.sides[reader_id]
        up_to = min(message_id, side.received_up_to)
        if up_to <= side.read_up_to:
            return False
        unread = DirectMessage.objects.unread_after(side.conversation_id, reader_id, up_to)
        left = 0 if up_to == side.received_up_to else unread.count()
        self.inboxes[reader_id].unread -= side.unread - left
        side.unread, side.read_up_to = left, up_to
        side.delivered_up_to = max(side.delivered_up_to, up_to)
        if side.other_id is not None and left:
            set_times(reader_id, note_key(side.other_id), side.other_id, left)
        elif side.other_id is not None:
            mark_notification_read(reader_id, key=note_key(side.other_id))
        announce_person_changed_after_commit([reader_id])
        self.announce_read(side, up_to, by_me=True)
        other = self.sides.get(side.other_id or 0)
        if other is not None and not Mute.objects.is_between(reader_id, other.user_id):
            other.their_read_up_to, other.their_delivered_up_to = up_to, side.delivered_up_to
            self.announce_read(other, up_to, by_me=False)
        return True

    def announce_read(self, side: ConversationSide, up_to: int, *, by_me: bool) -> None:
        inbox = self.inboxes[side.user_id]
        announced = ConversationRead(
            other=side.other_id,
            conversation=side.conversation_id,
            up_to=up_to,
            by="me" if by_me else "them",
            unread=inbox.unread,
            conversation_unread=side.unread,
            mark=self.next_mark(side),
        )
        announce_after_commit(inbox, announced)

    def next_mark(self, side: ConversationSide) -> int:
        """Count a change of a person's side, and return its mark."""
        inbox = self.inboxes[side.user_id]
        inbox.mark += 1
        side.mark = inbox.mark
        return side.mark

    def save(self) -> None:
        ConversationSide.objects.bulk_update(self.sides.values(), SIDE_FIELDS)
        save_inboxes(self.inboxes.values())


@contextmanager
def conversation_writer(user_id: int, conversation_id: int) -> Iterator[ConversationWriter]:
    """Open a person's conversation for changes, in a transaction.

    Raise UnknownMessage if the person has no such conversation. If the other person's account is deleted while this
    call waits for the locks, open what is left of the conversation.
    """
    with transaction.atomic():
        inboxes = lock_people_of(user_id, conversation_id)
        sides = {side.user_id: side for side in ConversationSide.objects.filter(conversation=conversation_id)}
        writer = ConversationWriter(sides, {one: inboxes[one] for one in sides}, timezone.now())
        yield writer
        writer.save()


def lock_people_of(user_id: int, conversation_id: int) -> dict[int, Inbox]:
    """Lock the inboxes of the people of a conversation in which `user_id` takes part."""
    rows = ConversationSide.objects.of(user_id).filter(conversation=conversation_id)
    for _ in range(2):
        side = rows.first()
        if side is None:
            break
        try:
            return lock_inboxes([user_id, side.other_id])
        except PersonGone:
            continue  # the other account was deleted, and the side has no `other` any more
    raise UnknownMessage(conversation_id)


def begin_conversation(user_id: int, other_id: int, names: Names, now: datetime) -> Mapping[int, ConversationSide]:
    """Create the conversation of two people whose inboxes are locked, and return its sides."""
    conversation = Conversation.objects.create(started_at=now)
    pairs = [(user_id, other_id, names.of_other), (other_id, user_id, names.of_person)]
    sides = [
        ConversationSide(conversation=conversation, user_id=one, other_id=other, other_name=name, last_at=now)
        for one, other, name in pairs
    ]
    return {side.user_id: side for side in ConversationSide.objects.bulk_create(sides)}
