"""The tables of connections to Bucket, of what was sent there, of sendings, and of tokens that Bucket is to revoke."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from strava_live.accounts.revocation_queue import QueuedRevocation
from strava_live.accounts.token_columns import TokenColumns
from strava_live.leases import Lease, LeaseColumns


class BucketConnection(TokenColumns):
    """A user's connection to their Bucket, with its tokens and the user's choices."""

    class BucketTrouble(models.TextChoices):
        NONE = "", "none"
        RECONNECT = TokenColumns.RECONNECT, "Bucket no longer accepts our key"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bucket")
    person_id = models.CharField(max_length=200, unique=True)
    """Who the user is at Bucket, such as `dcd:persons:ana`."""
    name = models.CharField(max_length=200, blank=True)
    """The name of the person at Bucket, as pages show it."""
    trouble = models.CharField(max_length=20, blank=True, choices=BucketTrouble, default=BucketTrouble.NONE)
    thing_id = models.CharField(max_length=100, blank=True)
    """The Thing that holds the activities. "" before the first sending."""
    follows = models.BooleanField(default=False)
    """Whether later changes to saved activities are sent automatically (following.py)."""
    sends_start_point = models.BooleanField(default=False)
    """Whether the user wants the place where each activity started to be sent, too."""
    sent_mark = models.BigIntegerField(default=0)
    """The mark (number) of the last change to the user's activities that was sent. 0 sends everything again."""

    def __str__(self) -> str:
        return f"Bucket of user {self.user_id}"

    @property
    def granted(self) -> set[str]:
        """The scopes that the person has granted. Without `offline` there is no refresh token."""
        return set(self.scopes.split())


class SentProperty(models.Model):
    """A Property that this site keeps at Bucket for one kind of value of a user's activities."""

    class ValueKind(models.TextChoices):
        DISTANCE = "distance"
        ELAPSED = "elapsed"
        MOVING = "moving"
        PARKRUN_TIME = "parkrun_time"
        TITLE = "title"
        SPORT = "sport"
        AVERAGE_SPEED = "average_speed"
        START_POINT = "start_point"

    connection = models.ForeignKey(BucketConnection, on_delete=models.CASCADE, related_name="properties")
    kind = models.CharField(max_length=20, choices=ValueKind)
    property_id = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "kind"], name="bucket_property_once_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.property_id}"


class SentActivity(models.Model):
    """An activity that is at Bucket, or that is about to be sent there."""

    connection = models.ForeignKey(BucketConnection, on_delete=models.CASCADE, related_name="sent")
    strava_id = models.BigIntegerField()
    timestamp_ms = models.BigIntegerField()
    """The timestamp of its rows: the start, plus one, two, … milliseconds if another activity has that timestamp.

    Bucket keeps one row for each timestamp of a Property. The timestamp never changes, so sending again overwrites.
    """
    kinds = models.JSONField(default=list)
    """The kinds of values (`SentProperty.ValueKind`) of which Bucket may have a row."""
    digest = models.CharField(max_length=64, blank=True)
    """A hash of the values that Bucket has stored. "" while it is not certain that Bucket has stored them."""
    sent_at = models.DateTimeField(null=True)
    """When Bucket stored these values. None before the first time."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "strava_id"], name="activity_sent_once"),
            models.UniqueConstraint(fields=["connection", "timestamp_ms"], name="timestamp_sent_once"),
        ]

    def __str__(self) -> str:
        return f"activity {self.strava_id} at {self.timestamp_ms}"


class SendingQuerySet(models.QuerySet["Sending"]):
    def of(self, user_id: int) -> Self:
        return self.filter(connection__user_id=user_id)

    def live(self) -> Self:
        """Sendings that have not ended: they are running, or wait."""
        return self.filter(state__in=Sending.LIVE)

    def newest_first(self) -> Self:
        return self.order_by("-pk")

    def latest_of(self, user_id: int) -> "Sending | None":
        """Return the user's newest sending, whether it is live or has ended."""
        return self.of(user_id).select_related("connection").newest_first().first()

    def claimable(self, *, now: datetime) -> Self:
        """Live sendings without a lease that are running, are due, or are to be stopped, oldest first."""
        due = Q(state=Sending.SendingState.RUNNING) | Q(wait_until=None) | Q(wait_until__lte=now)
        return Sending.lease.free(self.live().filter(due | Q(cancel_asked=True)), now=now).order_by("pk")

    def leased_by(self, owner: str) -> Self:
        return Sending.lease.held_by(self, owner)

    def claim(self, sending_id: int, lease: Lease, *, now: datetime) -> bool:
        """Claim a sending. Return False if another process has claimed it first, or if it is not due any more."""
        rows = self.claimable(now=now).filter(pk=sending_id).order_by()
        running = {"state": Sending.SendingState.RUNNING, "wait_until": None, "wait_reason": ""}
        return bool(Sending.lease.claim(rows, lease, now=now, **running))

    def ended_before(self, at: datetime) -> Self:
        return self.filter(ended_at__lt=at)


class Sending(models.Model):
    """One pass that brings a user's Bucket up to date with their saved activities."""

    class SendingState(models.TextChoices):
        RUNNING = "running"
        WAITING = "waiting"
        FINISHED = "finished"
        CANCELLED = "cancelled"
        FAILED = "failed"

    class SendingReason(models.TextChoices):
        ASKED = "asked"
        FOLLOWING = "following"

    class SendingWait(models.TextChoices):
        RATE_LIMIT = "rate_limit"
        BUCKET_DOWN = "bucket_down"
        BUSY = "busy"

    LIVE = (SendingState.RUNNING, SendingState.WAITING)

    connection = models.ForeignKey(BucketConnection, on_delete=models.CASCADE, related_name="sendings")
    state = models.CharField(max_length=9, choices=SendingState, default=SendingState.WAITING)
    reason = models.CharField(max_length=9, choices=SendingReason, default=SendingReason.ASKED)
    total = models.PositiveIntegerField(default=0)
    """How many changed activities the sending has to process, including those to delete."""
    sent = models.PositiveIntegerField(default=0)
    """How many activities Bucket has stored, new ones and changed ones."""
    unchanged = models.PositiveIntegerField(default=0)
    """How many activities Bucket already had, with the same values."""
    deleted = models.PositiveIntegerField(default=0)
    """How many activities were deleted at Bucket."""
    checked = models.PositiveIntegerField(default=0)
    """How many rows Bucket should have, by the last count there after sending."""
    missing = models.PositiveIntegerField(default=0)
    """How many activities lack rows at Bucket, although it has answered that it stored them."""

    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    wait_until = models.DateTimeField(null=True)
    wait_reason = models.CharField(max_length=11, choices=SendingWait, blank=True)
    setbacks = models.PositiveIntegerField(default=0)
    """The number of failures in a row: Bucket has not answered, or this site has made an error."""
    cancel_asked = models.BooleanField(default=False)
    failure_kind = models.CharField(max_length=32, blank=True)
    """The kind of the error that ended the sending. "" unless it has failed."""
    lease_owner = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True)

    lease: ClassVar = LeaseColumns("lease_owner", "lease_until")
    objects = SendingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection"], condition=Q(state__in=["running", "waiting"]), name="one_live_sending"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state__in=["running", "waiting"]), name="sending_live"),
            models.Index(fields=["connection", "-id"], name="sending_of_connection"),
        ]

    def __str__(self) -> str:
        return f"sending {self.pk} ({self.state})"


class BucketRevocation(TokenColumns, QueuedRevocation):
    """Tokens that Bucket is asked to revoke, and which data to delete there first.

    The row is deleted after the last attempt (revocations.py)."""

    deletes_there = models.BooleanField(default=False)
    """Whether the user wants what was sent to be deleted at Bucket before the tokens are revoked."""
    thing_id = models.CharField(max_length=100, blank=True)
    """The Thing that holds what was sent. If it is "" and `deletes_there`, this site looks for its Things at Bucket."""

    def __str__(self) -> str:
        return f"revocation at Bucket asked for at {self.asked_at:%Y-%m-%d %H:%M}"
