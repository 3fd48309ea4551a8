"""The tables of direct messages. Every count is stored, so that no page or socket counts messages.

Every write to a conversation first locks the inboxes of both people, in the order of their ids (`messages.inboxes`).
So the ids of one person's messages rise in the order of their commits, and a client that asks for the messages after an
id misses none.
"""

from datetime import UTC, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from strava_live.keyset import KeysetQuerySet, by_microsecond, by_number

MAX_MESSAGE = 2000
"""Most characters in a message."""
MAX_REF = 64
MAX_NAME = 150
LATEST = datetime(9000, 1, 1, tzinfo=UTC)
"""A time after that of every message."""


class Inbox(models.Model):
    """A person's numbers over all their conversations. Each change of a conversation locks the row."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="inbox")
    unread = models.PositiveIntegerField(default=0)
    """How many messages to the person are unread."""
    mark = models.BigIntegerField(default=0)
    """How many changes the conversations had: messages, deletions, and what either person has received or read."""
    position = models.BigIntegerField(default=0)
    """The id of the last message or deletion."""

    def __str__(self) -> str:
        return f"inbox {self.pk}"


class Conversation(models.Model):
    """The messages between two people. It is deleted together with the last of their accounts."""

    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class ConversationSideQuerySet(KeysetQuerySet["ConversationSide"]):
    keyset = by_microsecond("last_at", "pk")

    def of(self, user_id: int) -> Self:
        """Return this person's sides of all their conversations."""
        return self.filter(user=user_id)

    def newest_first(self) -> Self:
        """Return the sides with the newest messages first.

        The condition on `last_at` is true for every row. With it, Postgres reads the rows in the order of the index.
        Without it, Postgres reads and sorts all of a person's rows, because it expects few: most people have few
        conversations.
        """
        return super().newest_first().filter(last_at__lte=LATEST)

    def between(self, user_id: int, other_id: int) -> Self:
        """Return the side of `user_id` in the conversation with another person."""
        return self.filter(user=user_id, other=other_id)

    def with_last_message(self) -> Self:
        return self.select_related("last_message")

    def changed_since(self, mark: int) -> Self:
        """Return the sides whose last change has a mark above `mark`, lowest first."""
        return self.filter(mark__gt=mark).order_by("mark")

    def undelivered(self) -> Self:
        """Return the sides with messages that no device of the person has received."""
        return self.filter(delivered_up_to__lt=F("received_up_to"))


class ConversationSide(models.Model):
    """A conversation as one of its two people has it: the other person, and what both have received and read."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, db_index=False, related_name="sides")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="conversation_sides"
    )
    other = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    """The other person. None once their account is deleted."""
    other_name = models.CharField(max_length=MAX_NAME, blank=True)
    """The other person's name when one of the two last wrote, for the time after they share no club any more. "" once
    the account is deleted."""
    unread = models.PositiveIntegerField(default=0)
    """How many of the other's messages the person has not read."""
    read_up_to = models.BigIntegerField(default=0)
    """The id of the last message that the person has read; 0 for none."""
    received_up_to = models.BigIntegerField(default=0)
    """The id of the other's last message; 0 for none."""
    delivered_up_to = models.BigIntegerField(default=0)
    """The id of the last message of the other that has reached a device of the person; 0 for none."""
    their_read_up_to = models.BigIntegerField(default=0)
    """`read_up_to` of the other person."""
    their_delivered_up_to = models.BigIntegerField(default=0)
    """`delivered_up_to` of the other person."""
    last_message = models.ForeignKey("DirectMessage", on_delete=models.SET_NULL, null=True, related_name="+")
    last_at = models.DateTimeField()
    """When the last message was sent."""
    mark = models.BigIntegerField(default=0)
    """The mark of the person's inbox at the last change of this side."""

    objects = ConversationSideQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "other"], name="one_conversation_of_two"),
            models.UniqueConstraint(fields=["conversation", "user"], name="one_side_of_each"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-last_at", "-id"], name="conversations_newest_first"),
            models.Index(fields=["user", "mark"], name="conversations_by_change"),
            models.Index(
                fields=["user"],
                condition=Q(delivered_up_to__lt=F("received_up_to")),
                name="conversations_undelivered",
            ),
        ]

    def __str__(self) -> str:
        return f"side {self.pk}"


class DirectMessageQuerySet(KeysetQuerySet["DirectMessage"]):
    keyset = by_number("pk")

    def of(self, user_id: int) -> Self:
        """Return the messages to and from this person, with the rows that record deletions."""
        return self.filter(Q(sender=user_id) | Q(recipient=user_id))

    def in_conversation(self, conversation_id: int) -> Self:
        """Return the messages of a conversation. A deleted one is among them, without its text."""
        return self.filter(conversation=conversation_id).written()

    def written(self) -> Self:
        """Leave out the rows that record deletions."""
        return self.filter(deletes=None)

    def with_mine(self, user_id: int) -> Self:
        """Add `mine` to each message: whether this person has sent it."""
        return self.annotate(mine=Q(sender=user_id))

    def between_positions(self, after: int, up_to: int) -> Self:
        """Return the rows with an id above `after` and at most `up_to`, lowest first."""
        return self.filter(pk__gt=after, pk__lte=up_to).order_by("pk")

    def unread_after(self, conversation_id: int, recipient_id: int, message_id: int) -> Self:
        """Return the messages to a person after `message_id` in a conversation, without deleted ones."""
        rows = self.in_conversation(conversation_id).filter(recipient=recipient_id, deleted_at=None)
        return rows.filter(pk__gt=message_id)


class DirectMessage(models.Model):
    """One message, or the record that one was deleted.

    Deleting a message empties its text, and inserts a row that refers to it (`deletes`). A client that has everything
    up to an id below that of this row has not seen the deletion yet.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, db_index=False, related_name="messages")
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, db_index=False, related_name="messages_sent"
    )
    """None once the sender's account is deleted."""
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, db_index=False, related_name="messages_received"
    )
    """None once the recipient's account is deleted."""
    text = models.TextField(blank=True)
    """"" for a deleted message."""
    at = models.DateTimeField()
    ref = models.CharField(max_length=MAX_REF, blank=True)
    """What the sender's client has named the message, so that sending it again adds no second one."""
    deleted_at = models.DateTimeField(null=True, blank=True)
    deletes = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="deletion")
    """The message whose deletion this row records. None for a message."""

    objects = DirectMessageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "sender", "ref"], condition=~Q(ref=""), name="message_once_a_ref"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["conversation", "-id"], name="messages_newest_first"),
            models.Index(fields=["sender", "-id"], name="messages_sent_newest_first"),
            models.Index(fields=["recipient", "-id"], name="messages_got_newest_first"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None
