"""The tables of browser push: subscribed browsers, what each person has chosen, and the outbox.

The outbox has a row for each notification of a person who has a subscribed browser. The row is for all browsers of the
person: it is done when each browser has got the notification.
"""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from strava_live.accounts.encryption import Secret, SecretField
from strava_live.leases import LeaseColumns
from strava_live.notifications.models import Notification

LONGEST_USER_AGENT = 200


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    def of(self, user_id: int) -> Self:
        return self.filter(user=user_id)

    def with_endpoint(self, digest: str) -> Self:
        return self.filter(endpoint_digest=digest)

    def reachable(self) -> Self:
        """Leave out the subscriptions that their push services have ended."""
        return self.exclude(endpoint="")

    def end(self) -> int:
        """Delete the address and the keys: the push service accepts nothing for them any more. Return how many.

        The row stays, so that its browser can put another subscription in its place (`renew`). If the row itself is
        gone, the person has removed the browser.
        """
        nothing = Secret.of("")
        return self.update(endpoint=nothing, p256dh=nothing, auth=nothing)

    def unseen_since(self, at: datetime) -> Self:
        """Return the subscriptions that their browsers have not confirmed since `at`."""
        return self.filter(seen_at__lt=at)


class PushSubscription(models.Model):
    """One browser in which a person wants to be notified. Its endpoint and keys are secrets of the browser."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = SecretField()
    """Empty, as are the keys, once the push service has ended the subscription."""
    endpoint_digest = models.CharField(max_length=64, unique=True)
    """A digest of the endpoint. It is unique, so a browser belongs to the person who subscribed it last."""
    p256dh = SecretField()
    auth = SecretField()
    made_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)
    """When the browser has sent its subscription last."""
    last_ok_at = models.DateTimeField(null=True, blank=True)
    """When its push service last accepted a message. Up to an hour too early: it is written once an hour at most."""
    user_agent = models.CharField(max_length=LONGEST_USER_AGENT, blank=True)
    session_hash = models.CharField(max_length=64)
    """Django's hash of the session, which changes with the password. A browser that was signed in with another password
    gets nothing."""

    objects = PushSubscriptionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"push subscription {self.pk}"


class NotificationChoices(models.Model):
    """What a person has chosen about notifications on their devices. Without a row, the defaults hold."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_choices")
    push_mention = models.BooleanField(default=True)
    push_reply = models.BooleanField(default=True)
    push_cheer = models.BooleanField(default=True)
    push_message = models.BooleanField(default=True)
    push_answer = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True, blank=True)
    """When the quiet hours begin, in the person's time zone. Both times are None without quiet hours."""
    quiet_until = models.TimeField(null=True, blank=True)
    show_text = models.BooleanField(default=False)
    """Whether a device shows names and what has happened. Otherwise it only shows the kind of notification."""

    def __str__(self) -> str:
        return f"notification choices {self.pk}"

    def wants(self, kind: str) -> bool:
        """Return whether the person wants notifications of this kind on their devices."""
        return bool(getattr(self, f"push_{kind}", True))


def new_tag() -> str:
    return secrets.token_urlsafe(16)


class OutgoingPushQuerySet(models.QuerySet["OutgoingPush"]):
    def of(self, user_id: int) -> Self:
        return self.filter(user=user_id)

    def about(self, notification_ids: Iterable[int]) -> Self:
        return self.filter(notification__in=list(notification_ids))

    def live(self) -> Self:
        """Return the rows with something left to send."""
        return self.filter(state__in=OutgoingPush.LIVE)

    def claimable(self, *, now: datetime, busy: Collection[int] = ()) -> Self:
        """Return the rows that are due, oldest first. Leave out the people in `busy`, and those to whom another process
        is sending."""
        leased = OutgoingPush.objects.live().filter(lease_until__gte=now).values("user")
        due = OutgoingPush.lease.free(self.live().filter(due_at__lte=now), now=now)
        return due.exclude(user__in=leased).exclude(user__in=busy).order_by("due_at", "pk")

    def leased_by(self, owner: str) -> Self:
        return OutgoingPush.lease.held_by(self, owner)

    def ended_before(self, at: datetime) -> Self:
        """Return the rows with nothing left to send that were due before `at`."""
        return self.exclude(state__in=OutgoingPush.LIVE).filter(due_at__lt=at)


class OutgoingPush(models.Model):
    """What is sent, or was sent, to the devices of a person about one notification."""

    class PushState(models.TextChoices):
        WAITING = "waiting"
        """It is to be sent at `due_at`."""
        SENT = "sent"
        CLOSING = "closing"
        """The devices that show it are to close it, because the person has read it elsewhere."""
        CLOSED = "closed"
        TAKEN_BACK = "taken_back"
        """It was read or removed before it was sent."""
        PAGE_OPEN = "page_open"
        """It was not sent, because the person had a page open."""
        NOT_WANTED = "not_wanted"
        """It was not sent: the person does not want this kind, has muted all its actors, or has no device left."""
        REFUSED = "refused"
        """No push service has accepted it."""
        GIVEN_UP = "given_up"
        """It could not be sent for a day."""

    LIVE = (PushState.WAITING, PushState.CLOSING)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="outgoing_pushes")
    notification = models.OneToOneField(
        Notification, on_delete=models.SET_NULL, null=True, blank=True, related_name="push"
    )
    """None once the notification is deleted. Devices that show it can still close it."""
    tag = models.CharField(max_length=32, default=new_tag)
    """The name of the notification on the devices, and its Topic at push services. A message replaces an older one with
    the same tag. The tag is random."""
    state = models.CharField(max_length=10, choices=PushState, default=PushState.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveIntegerField(default=0)
    """How often in a row a push service could not accept it."""
    first_try_at = models.DateTimeField(null=True, blank=True)
    """When the first of these tries was."""
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_to = models.JSONField(default=list)
    """The ids of the subscriptions to which it, or the message to close it, was sent: accepted or refused for good."""
    shown_on = models.JSONField(default=list)
    """The ids of the subscriptions that have ever got it, so that they may show it."""
    lease_owner = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)

    lease: ClassVar = LeaseColumns("lease_owner", "lease_until")
    objects = OutgoingPushQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=Q(state__in=["waiting", "closing"]), name="pushes_due"),
            models.Index(fields=["lease_until"], condition=Q(state__in=["waiting", "closing"]), name="pushes_leased"),
            models.Index(fields=["due_at"], name="pushes_by_age"),
        ]

    def __str__(self) -> str:
        return f"push {self.pk} ({self.state})"
