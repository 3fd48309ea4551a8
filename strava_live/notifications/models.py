"""The tables of notifications and of their actors.

A notification is stored without words. The words are made each time it is read, with the names that its reader may see
at that time.
"""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from strava_live.clubs.models import Club
from strava_live.keyset import KeysetQuerySet, by_microsecond

KEPT_DAYS = 90
"""For how many days a notification is stored."""


class CaptainsAnswer(models.TextChoices):
    """What captains have answered. The `data` of a notification of the kind `answer` has it as `answer`."""

    JOIN_ACCEPTED = "join_accepted"
    JOIN_DECLINED = "join_declined"
    REPORT_HIDDEN = "report_hidden"
    """The captains have hidden the post that the person had reported."""
    REPORT_KEPT = "report_kept"
    """The captains have not hidden the post that the person had reported."""


class NotificationQuerySet(KeysetQuerySet["Notification"]):
    keyset = by_microsecond("at", "pk")

    def of(self, user_id: int) -> Self:
        return self.filter(user=user_id)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def with_key(self, key: str) -> Self:
        return self.filter(key=key)

    def with_words(self) -> Self:
        """Load what the words of a notification need, in the same query."""
        return self.select_related("entry", "club")

    def locked(self) -> Self:
        """Lock the rows in the order of their ids, so that two transactions cannot deadlock."""
        return self.select_for_update().order_by("pk")


class Notification(models.Model):
    """Something that happened to a person. While it is unread, more people who do the same join it."""

    class NoteKind(models.TextChoices):
        MENTION = "mention"
        """A member has named the person in a post."""
        REPLY = "reply"
        """Members have replied to an entry about the person, or to their post."""
        CHEER = "cheer"
        """Members cheer for an entry about the person, or for their post."""
        MESSAGE = "message"
        """A clubmate has written direct messages."""
        ANSWER = "answer"
        """The captains of a club have answered a request or a report. It has no actors."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=7, choices=NoteKind)
    key = models.CharField(max_length=120)
    """What the notification is about, such as `cheer.<entry>`. A person has at most one unread notification with each
    key."""
    entry = models.ForeignKey(
        "strava_live.Entry", on_delete=models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    club = models.ForeignKey(Club, on_delete=models.CASCADE, null=True, blank=True, related_name="notifications")
    """The club in which it happened. The reader sees the actors under their names in this club."""
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    """When the person was last mentioned, replied to, cheered and so on."""
    read_at = models.DateTimeField(null=True, blank=True)
    count = models.PositiveIntegerField(default=0)
    """How many actors it has."""

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], condition=Q(read_at=None), name="unread_note_once_a_key"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-at", "-id"], name="notes_newest_first"),
            models.Index(fields=["at"], name="notes_by_age"),
        ]

    def __str__(self) -> str:
        return f"notification {self.pk}"


class NotificationActor(models.Model):
    """One person who has done what a notification is about."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="actors")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notes_caused")
    at = models.DateTimeField()
    """When this person did it last."""
    times = models.PositiveIntegerField(default=1)
    """How often this person did it, such as how many messages they wrote."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notification", "actor"], name="note_actor_once"),
        ]

    def __str__(self) -> str:
        return f"actor of notification {self.notification_id}"
