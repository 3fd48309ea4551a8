"""The table of sync runs. A run is one reading of an athlete's Strava activities, from its start to its end.

One process at a time executes a run. It holds the run's lease: two columns that name the process and say until when it
owns the run. While it executes the run, its UPDATEs of the row have its name in their WHERE clause. So a process that
has lost the lease without noticing it changes nothing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import ClassVar, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import Case, OuterRef, Q, When

from strava_live.error_codes import ErrorCode
from strava_live.formats import utc_iso
from strava_live.keyset import KeysetQuerySet, by_number
from strava_live.leases import Lease, LeaseColumns
from strava_live.protocol import FailureShape, RunReason, RunShape, RunState, WaitingShape, WaitReason
from strava_live.sync.failures import error_of
from strava_live.sync.wording import RunWords, run_words

SHORT_WINDOW = timedelta(days=31)
"""The length up to which a window is short: its activities surely fit on one of Strava's pages, which holds 200."""


class SyncRunQuerySet(KeysetQuerySet["SyncRun"]):
    keyset = by_number("pk")

    def of(self, athlete_id: int) -> Self:
        return self.filter(athlete_id=athlete_id)

    def asked(self) -> Self:
        """Imports that athletes have started. Our page My Strava shows no other runs."""
        return self.filter(reason=SyncRun.Trigger.ASKED)

    def live(self) -> Self:
        """Runs that have not ended: they are running, or wait."""
        return self.filter(state__in=SyncRun.LIVE)

    def history(self) -> Self:
        """Imports: runs that read a window of days or the whole history. Routine syncs are among them."""
        return self.filter(kind=SyncRun.RunKind.HISTORY)

    def about_events(self) -> Self:
        """Runs that read the activities about which Strava has sent events."""
        return self.filter(kind=SyncRun.RunKind.ACTIVITIES)

    def latest(self, athlete_id: int) -> "SyncRun | None":  # type: ignore[override]
        """Return the newest import that the athlete has started, whether it is live or has ended."""
        return self.of(athlete_id).asked().order_by("-pk").first()

    def leased_by(self, owner: str) -> Self:
        """Runs that the process `owner` was the last to claim, and has not released. Its lease may have expired."""
        return SyncRun.lease.held_by(self, owner)

    def without_lease(self, *, now: datetime) -> Self:
        """Runs that no process owns: never claimed, released, or claimed by a process whose lease has ended."""
        return SyncRun.lease.free(self, now=now)

    def due(self, *, now: datetime) -> Self:
        """Live runs that a process should execute now: running ones, and waiting ones whose time has come.

        Runs that are to be stopped are left out.
        """
        waited = Q(state=SyncRun.RunState.WAITING) & (Q(wait_until=None) | Q(wait_until__lte=now))
        return self.live().filter(Q(state=SyncRun.RunState.RUNNING) | waited, cancel_asked=False)

    def claimable(self, *, now: datetime) -> Self:
        """Due runs without a lease, oldest first, routine syncs last. Any process may claim and execute them."""
        is_routine = Case(When(reason=SyncRun.Trigger.ROUTINE, then=1), default=0)
        return self.due(now=now).without_lease(now=now).order_by(is_routine, "pk")

    def claim(self, run_id: int, lease: Lease, *, now: datetime) -> bool:
        """Claim a due run. Return False if another process has claimed it first, or if it is not due any more."""
        run = self.due(now=now).filter(pk=run_id)
        running = {"state": SyncRun.RunState.RUNNING, "wait_until": None, "wait_reason": ""}
        return bool(SyncRun.lease.claim(run, lease, now=now, **running))

    def renew_leases(self, run_ids: Collection[int], lease: Lease, *, now: datetime) -> int:
        """Renew the leases that `lease.owner` has on these runs. Return how many. Its other leases expire."""
        return SyncRun.lease.renew(self.live().filter(pk__in=run_ids), lease, now=now)

    def release_all(self, owner: str) -> int:
        """End every lease of `owner`, so that another process continues these runs at once. Return how many."""
        return SyncRun.lease.release(self.live(), owner)

    def asked_to_stop(self, run_ids: Collection[int]) -> list[int]:
        """Return the ids of those of these runs that their athletes want stopped, or that were deleted with an account.

        This is called twice a second, so it finds the rows by primary key.
        """
        going_on = set(self.filter(pk__in=run_ids, cancel_asked=False).values_list("pk", flat=True))
        return [run_id for run_id in run_ids if run_id not in going_on]

    def to_cancel(self, *, now: datetime) -> Self:
        """Live runs without a lease that their athletes want stopped. Any process may end them."""
        return self.live().without_lease(now=now).filter(cancel_asked=True)

    def whole_history(self, strava_id: int | OuterRef) -> Self:
        """Finished runs after which the whole history of this Strava account is known, up to each run's `known_until`.

        If a run's window ends before its `known_until`, earlier runs have read the days in between.
        """
        all_days = Q(until=None) | Q(continues__isnull=False)
        return self.history().filter(all_days, strava_id=strava_id, state=SyncRun.RunState.FINISHED, after=None)

    def reaching_back_to(self, before: datetime, *, strava_id: int) -> Self:
        """Runs of this Strava account that have read back to `before` or further.

        So everything from `before` to each run's `known_until` has been read. If a run's window ends before its
        `known_until`, earlier runs have read the days in between.
        """
        newest = Q(until=None) | Q(continues__isnull=False)
        return self.history().filter(newest, strava_id=strava_id, reached__lte=before)


class SyncRun(models.Model):
    """One reading of an athlete's activities from Strava: of a window of days, or of single activities."""

    class RunKind(models.TextChoices):
        HISTORY = "history"
        """Reads the activities of a window of days, newest first, or of all days."""
        ACTIVITIES = "activities"
        """Handles the events that Strava has sent (`StravaEvent`): reads the activities that they are about."""

    class RunState(models.TextChoices):
        RUNNING = "running"
        WAITING = "waiting"
        FINISHED = "finished"
        CANCELLED = "cancelled"
        FAILED = "failed"

    class Trigger(models.TextChoices):
        ASKED = "asked"
        WEBHOOK = "webhook"
        ROUTINE = "routine"

    class Wait(models.TextChoices):
        RATE_LIMIT = "rate_limit"
        STRAVA_DOWN = "strava_down"
        BUSY = "busy"

    LIVE = (RunState.RUNNING, RunState.WAITING)

    athlete = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="runs")
    strava_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=RunKind, default=RunKind.HISTORY, db_default="history")
    state = models.CharField(max_length=9, choices=RunState, default=RunState.WAITING)
    reason = models.CharField(max_length=7, choices=Trigger, default=Trigger.ASKED)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    after = models.DateTimeField(null=True)
    before = models.DateTimeField(null=True)
    """`after` and `before`: the bounds of the days from `since` to `until`, as instants. The days are those of the
    athlete's time zone when the run was started. None where the window has no bound."""
    continues = models.DateTimeField(null=True)
    """Earlier runs have read everything from the end of this run's window to this instant. None if unread days follow
    the window, or if the window reaches up to now."""

    reached = models.DateTimeField(null=True)
    """All activities of the window that started at this instant or later are stored. A process that continues the run
    reads what started before it. None at first."""
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
    """The number of failures in a row: Strava has not answered, or this site has made an error."""
    cancel_asked = models.BooleanField(default=False)
    failure_kind = models.CharField(max_length=32, blank=True)
    """The kind of the error that ended the run, a key of `failures.KINDS`. "" unless the run has failed."""

    lease_owner = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)

    lease: ClassVar = LeaseColumns("lease_owner", "lease_until")
    objects = SyncRunQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["athlete", "kind"], condition=Q(state__in=["running", "waiting"]), name="one_live_run_a_kind"
            )
        ]
        indexes: ClassVar = [
            # No index has `lease_until` or `lease_owner`, so that Postgres renews a lease in place (HOT update).
            models.Index(fields=["id"], condition=Q(state__in=["running", "waiting"]), name="run_live"),
            models.Index(fields=["athlete", "-id"], name="run_of_athlete"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} ({self.state})"

    @property
    def is_import(self) -> bool:
        """Return True for an import, False for a run about Strava's events."""
        return self.kind == self.RunKind.HISTORY

    @property
    def known_until(self) -> datetime | None:
        """Once this run finishes, all activities from the start of its window to this instant are known.

        None if unread days follow the window.
        """
        return self.started_at if self.until is None else self.continues

    @property
    def is_short(self) -> bool:
        """True if the window is so short that its activities surely fit on one of Strava's pages."""
        return self.after is not None and (self.before or self.started_at) - self.after <= SHORT_WINDOW

    @property
    def is_quiet(self) -> bool:
        """True if the site has started the run by itself. Then My Strava shows what the run finds, but not the run."""
        return self.reason != self.Trigger.ASKED

    @property
    def is_whole(self) -> bool:
        """True if the run, once finished, completes the history from the first activity to `known_until`."""
        return self.after is None and self.known_until is not None

    def wire(self) -> RunShape:
        """Return the run as clients get it: the field `run` of the socket messages (protocol/sync.py)."""
        return {
            "id": self.pk,
            "state": cast("RunState", str(self.state)),
            "reason": cast("RunReason", str(self.reason)),
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
            **self.words,
        }

    @property
    def words(self) -> RunWords:
        """The sentences about the run."""
        return run_words(self)

    @property
    def waiting(self) -> WaitingShape | None:
        """Why the run waits and until when, or None if it does not wait."""
        if self.state != self.RunState.WAITING:
            return None
        return {"until": utc_iso(self.wait_until), "reason": cast("WaitReason", str(self.wait_reason))}

    @property
    def failure(self) -> FailureShape | None:
        """Why the run failed and what the athlete can do, or None if it has not failed."""
        if self.state != self.RunState.FAILED:
            return None
        error = error_of(self.failure_kind)
        return {"code": error.code, "message": error.sentence, "next_step": error.next_step}

    @property
    def error_code(self) -> ErrorCode | None:
        """The protocol's code of the failure, or None if the run has not failed."""
        return error_of(self.failure_kind).code if self.failure_kind else None

    @property
    def error_message(self) -> str:
        return error_of(self.failure_kind).sentence if self.failure_kind else ""

    @property
    def next_step(self) -> str:
        return error_of(self.failure_kind).next_step if self.failure_kind else ""
