"""Rows of all tables that /status/ and /metrics show: runs, events, samples, processes."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import Revocation, User
from strava_live.status.models import BudgetSample, WorkingProcess
from strava_live.sync.models import SyncRun
from strava_live.webhook.models import StravaEvent, WebhookSubscription
from strava_live.webhook.subscription import callback_url

VERIFIED, UNSIGNED = StravaEvent.Signature.VERIFIED, StravaEvent.Signature.UNSIGNED
WORKER, WEB = WorkingProcess.ProcessKind.WORKER, WorkingProcess.ProcessKind.WEB


def ago(seconds: float) -> datetime:
    return timezone.now() - timedelta(seconds=seconds)


def event(athlete: User, *, received: float, took: float | None = None, **fields: object) -> StravaEvent:
    """Store an event that arrived `received` seconds ago, and was handled `took` seconds later. None: it waits."""
    at = ago(received)
    values = {
        "athlete": athlete,
        "digest": uuid4().hex,
        "about": StravaEvent.Subject.ACTIVITY,
        "object_id": 1,
        "aspect": StravaEvent.Aspect.CREATE,
        "event_time": at,
        "received_at": at,
        "signature": VERIFIED,
    }
    if took is not None:
        values |= {"handled_at": at + timedelta(seconds=took), "outcome": StravaEvent.Outcome.STORED}
    return StravaEvent.objects.create(**values | fields)


def waiting_run(athlete: User, reason: str, *, until: datetime | None = None, started: float = 60) -> SyncRun:
    return SyncRun.objects.create(
        athlete=athlete,
        strava_id=athlete.pk,
        state=SyncRun.RunState.WAITING,
        wait_reason=reason,
        wait_until=until,
        started_at=ago(started),
    )


def running_run(athlete: User) -> SyncRun:
    state, kind = SyncRun.RunState.RUNNING, SyncRun.RunKind.ACTIVITIES
    return SyncRun.objects.create(athlete=athlete, strava_id=athlete.pk, state=state, kind=kind, started_at=ago(1))


def process(kind: WorkingProcess.ProcessKind, *, seen: float = 1, takes_up: bool = True, **jobs: str) -> WorkingProcess:
    return WorkingProcess.objects.create(
        name=uuid4().hex, kind=kind, takes_up=takes_up, started_at=ago(3600), seen_at=ago(seen), jobs=jobs
    )


def sample(minutes: int, used: int, *, limit: int = 100) -> BudgetSample:
    """Store a sample of `minutes` ago."""
    minute = ago(60 * minutes).replace(second=0, microsecond=0)
    limits = [2 * limit, 20 * limit, limit, 10 * limit]
    return BudgetSample.objects.create(minute=minute, used=[used, 5 * used, used, 5 * used], limits=limits)


def subscription() -> WebhookSubscription:
    return WebhookSubscription.objects.create(strava_id=7, callback_url=callback_url())


def revocation(*, due: float) -> Revocation:
    return Revocation.objects.create(strava_id=17, token=Secret.of("x"), next_try_at=ago(due))
