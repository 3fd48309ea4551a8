"""A run: everything that is done for an athlete at Strava is one, and a run is a row.

The process that follows a run holds its lease. Whoever writes to a run does so with the lease's owner in the WHERE, so
a process that has lost its lease without knowing writes nothing any more.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from strava_live.formats import utc_iso


class SyncRunQuerySet(models.QuerySet["SyncRun"]):
    def of(self, athlete_id: int) -> Self:
        return self.filter(athlete_id=athlete_id)

    def live(self) -> Self:
        return self.filter(state__in=SyncRun.LIVE)

    def latest(self, athlete_id: int) -> "SyncRun | None":  # type: ignore[override]
        """The live run, or else the last one."""
        return self.of(athlete_id).order_by("-pk").first()

    def owned(self, owner: str) -> Self:
        return self.filter(lease_owner=owner)

    def claimable(self, *, now: datetime) -> Self:
        """Ready and due, or left behind by a process that no longer renews its lease."""
        due = Q(state=SyncRun.State.RUNNING) | Q(state=SyncRun.State.WAITING, wait_until__lte=now)
        busy = Q(state=SyncRun.State.WAITING, wait_until=None)
        return self.live().unheld(now=now).filter(due | busy, cancel_asked=False).order_by("pk")

    def unheld(self, *, now: datetime) -> Self:
        """Of no living process."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=now))

    def claim(self, run_id: int, *, owner: str, now: datetime, lease: timedelta) -> bool:
        """Ours alone from here on, if nobody else's claim came first."""
        mine = self.claimable(now=now).filter(pk=run_id)
        return bool(
            mine.order_by().update(
                state=SyncRun.State.RUNNING,
                lease_owner=owner,
                lease_until=now + lease,
                wait_until=None,
                wait_reason="",
            )
        )

    def renew(self, followed: Collection[int], *, owner: str, now: datetime, lease: timedelta) -> int:
        """Only what is really being followed: what was dropped is to be found by somebody else."""
        return self.owned(owner).live().filter(pk__in=followed).update(lease_until=now + lease)

    def to_stop(self, followed: Collection[int]) -> list[int]:
        """Return which of these their athletes want stopped. Read by primary key: this is asked twice a second."""
        return list(self.filter(pk__in=followed, cancel_asked=True).values_list("pk", flat=True))

    def whole(self, strava_id: int) -> Self:
        """Of this account at Strava, read from its first activity to its last."""
        all_days = Q(until=None) | Q(continues__isnull=False)
        return self.filter(all_days, strava_id=strava_id, state=SyncRun.State.FINISHED, after=None)

    def meeting(self, before: datetime, *, strava_id: int) -> Self:
        """Of this account, those that have read everything from `before`, or from earlier, to `known_until`."""
        newest = Q(until=None) | Q(continues__isnull=False)
        return self.filter(newest, strava_id=strava_id, reached__lte=before)

    def to_end(self, *, now: datetime) -> Self:
        """To stop, and in nobody's hands who would notice."""
        return self.live().unheld(now=now).filter(cancel_asked=True)

    def let_go(self, *, owner: str) -> int:
        """Give every run of this process to whoever looks next."""
        return self.owned(owner).live().update(lease_owner="", lease_until=None)


class SyncRun(models.Model):
    """One reading of an athlete's history at Strava, whole or in a window."""

    class State(models.TextChoices):
        RUNNING = "running"
        WAITING = "waiting"
        FINISHED = "finished"
        CANCELLED = "cancelled"
        FAILED = "failed"

    class Reason(models.TextChoices):
        ASKED = "asked"
        WEBHOOK = "webhook"
        ROUTINE = "routine"

    class Wait(models.TextChoices):
        RATE_LIMIT = "rate_limit"
        STRAVA_DOWN = "strava_down"
        BUSY = "busy"

    LIVE = (State.RUNNING, State.WAITING)

    athlete = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="runs")
    strava_id = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=7, choices=Reason, default=Reason.ASKED)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    after = models.DateTimeField(null=True)
    before = models.DateTimeField(null=True)
    """The window as instants, in the zone the athlete had when they asked."""
    continues = models.DateTimeField(null=True)
    """Set on a run whose window begins where earlier runs stopped: those have read everything up to this instant."""

    reached = models.DateTimeField(null=True)
    """Everything that started from here on is kept: the `before` with which it goes on."""
    oldest = models.DateTimeField(null=True)
    found = models.PositiveIntegerField(default=0)
    saved = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    wait_until = models.DateTimeField(null=True)
    wait_reason = models.CharField(max_length=11, choices=Wait, blank=True)
    setbacks = models.PositiveIntegerField(default=0)
    """How often in a row Strava was down."""
    cancel_asked = models.BooleanField(default=False)
    error_code = models.CharField(max_length=32, blank=True)
    error_message = models.CharField(max_length=200, blank=True)
    next_step = models.CharField(max_length=200, blank=True)

    lease_owner = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["athlete"], condition=Q(state__in=["running", "waiting"]), name="one_live_run_an_athlete"
            )
        ]
        indexes: ClassVar = [
            # Neither `lease_until` nor `lease_owner`: Postgres renews a lease in place (HOT) while no index has it.
            models.Index(fields=["id"], condition=Q(state__in=["running", "waiting"]), name="run_live"),
            models.Index(fields=["athlete", "-id"], name="run_of_athlete"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} ({self.state})"

    @property
    def known_until(self) -> datetime | None:
        """The instant up to which everything is known once this run has finished; None if its window ends before."""
        return self.started_at if self.until is None else self.continues

    @property
    def is_whole(self) -> bool:
        """Whether everything is known once it has finished, from the first activity to its `known_until`."""
        return self.after is None and self.known_until is not None

    def wire(self) -> dict[str, Any]:
        """The `run` of the protocol."""
        return {
            "id": self.pk,
            "state": str(self.state),
            "reason": str(self.reason),
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "found": self.found,
            "saved": self.saved,
            "pages": self.pages,
            "requests": self.requests,
            "started_at": utc_iso(self.started_at),
            "ended_at": utc_iso(self.ended_at),
            "oldest": utc_iso(self.oldest),
            "waiting": self.waiting,
            "failure": self.failure,
        }

    @property
    def waiting(self) -> dict[str, Any] | None:
        """For whoever comes while it waits: why, and until when."""
        if self.state != self.State.WAITING:
            return None
        return {"until": utc_iso(self.wait_until), "reason": str(self.wait_reason)}

    @property
    def failure(self) -> dict[str, Any] | None:
        """For whoever comes after it has failed: what happened, and what to do."""
        if self.state != self.State.FAILED:
            return None
        return {"code": self.error_code, "message": self.error_message, "next_step": self.next_step}
