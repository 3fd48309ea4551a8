"""The tables of events that Strava has sent, and of our subscription to them."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class StravaEventQuerySet(models.QuerySet["StravaEvent"]):
    def of(self, athlete_id: int) -> Self:
        return self.filter(athlete_id=athlete_id)

    def waiting(self) -> Self:
        """Events that are not handled yet."""
        return self.filter(handled_at=None)

    def says_hidden(self) -> Self:
        """Events that say that an activity was deleted, or that only its athlete may see it."""
        return self.filter(Q(aspect=StravaEvent.Aspect.DELETE) | Q(updates__private="true"))

    def revocations(self) -> Self:
        """Events that have shown that their athlete has revoked our access. Those that were handled last come first."""
        return self.filter(outcome=StravaEvent.Outcome.REVOKED).order_by("-handled_at")

    def due(self, *, now: datetime) -> Self:
        """Waiting events whose next attempt may be made now, oldest first."""
        return self.waiting().filter(next_try_at__lte=now).order_by("pk")


class StravaEvent(models.Model):
    """One event of an athlete of this site. Strava may send it several times; it is stored once.

    Events about people who are not connected here are not stored.
    """

    class Subject(models.TextChoices):
        ACTIVITY = "activity"
        ATHLETE = "athlete"

    class Aspect(models.TextChoices):
        CREATE = "create"
        UPDATE = "update"
        DELETE = "delete"

    class Signature(models.TextChoices):
        VERIFIED = "verified", "signed, and the signature is right"
        UNVERIFIED = "unverified", "signed, but STRAVA_WEBHOOK_SECRET is not set"
        UNSIGNED = "unsigned", "not signed"

    class Outcome(models.TextChoices):
        """What was done about an event once Strava had been asked."""

        STORED = "stored", "the activity was stored as Strava has it now"
        REMOVED = "removed", "Strava no longer has the activity, and it was removed here"
        NEVER_SEEN = "never_seen", "Strava did not return the activity in any attempt, and it was not stored here"
        REVOKED = "revoked", "Strava refuses our tokens: the athlete has revoked our access"
        STILL_CONNECTED = "still_connected", "Strava accepts our tokens, so the event was ignored"
        NOT_CONNECTED = "not_connected", "the athlete is not connected any more"
        FAILED = "failed", "Strava gave no usable answer in any attempt"

    athlete = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="strava_events")
    digest = models.CharField(max_length=64, unique=True)
    """A hash of what the event says. Copies of one event have the same digest."""
    about = models.CharField(max_length=8, choices=Subject)
    object_id = models.BigIntegerField()
    """Strava's id of the activity, or of the athlete."""
    aspect = models.CharField(max_length=6, choices=Aspect)
    updates = models.JSONField(default=dict)
    event_time = models.DateTimeField()
    """When the change at Strava happened, by Strava's clock, in whole seconds."""
    received_at = models.DateTimeField(default=timezone.now, db_index=True)
    signature = models.CharField(max_length=10, choices=Signature)

    next_try_at = models.DateTimeField(default=timezone.now)
    """The earliest time of the next attempt to handle the event."""
    tries = models.PositiveIntegerField(default=0)
    """How many attempts to handle the event have failed."""
    handled_at = models.DateTimeField(null=True)
    """None while the event waits. Set in the transaction that stores the resulting changes."""
    outcome = models.CharField(max_length=15, choices=Outcome, blank=True)

    objects = StravaEventQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["athlete", "next_try_at"], condition=Q(handled_at=None), name="event_waiting"),
            models.Index(fields=["-handled_at"], name="event_last_handled"),
        ]

    def __str__(self) -> str:
        return f"event {self.pk} ({self.about} {self.aspect})"

    @property
    def says_hidden(self) -> bool:
        """Return True if the event says that an activity was deleted, or that only its athlete may see it."""
        return self.aspect == self.Aspect.DELETE or self.updates.get("private") == "true"


class WebhookSubscription(models.Model):
    """This application's only subscription at Strava, as Strava last described it. The table has at most one row."""

    strava_id = models.BigIntegerField(primary_key=True)
    """Strava's id of the subscription. Each event names it."""
    callback_url = models.CharField(max_length=255)
    checked_at = models.DateTimeField(default=timezone.now)
    """When Strava last confirmed the subscription."""

    def __str__(self) -> str:
        return f"subscription {self.strava_id}"
