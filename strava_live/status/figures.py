"""Gather the figures that say how the site is doing. The page /status/ and /metrics both show these figures.

The number of queries does not depend on the number of rows. The figures name no person, no club and no activity.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from strava_live.accounts.models import Revocation
from strava_live.accounts.revocation_queue import due_revocations
from strava_live.accounts.strava_app import strava
from strava_live.status.models import BudgetSample, WorkingProcess
from strava_live.strava.budget import BudgetStatus
from strava_live.strava.limits import Meters
from strava_live.sync.models import SyncRun
from strava_live.webhook.models import StravaEvent
from strava_live.webhook.subscription import our_subscription

HISTORY = timedelta(hours=6)
"""How far back in time the samples of the budget are read."""
SEEN_WITHIN = timedelta(seconds=30)
"""A process counts as running for 30 seconds after it has renewed its row."""
LAST_HOUR = timedelta(hours=1)
LAST_EVENTS = 100
"""How many events are read: the last ones that were handled, for delays, and the last received, for signatures."""
IN_FEED = (StravaEvent.Outcome.STORED, StravaEvent.Outcome.REMOVED)
"""The outcomes with which an activity was stored or removed here. Delays are measured only for events with these."""
BUDGET_PATIENCE_S = 1.0


@dataclass(frozen=True)
class Sample:
    """The state of the budget in one minute."""

    minute: datetime
    used: Meters
    limits: Meters


@dataclass(frozen=True)
class WaitingRuns:
    """The sync runs, of any kind, that wait for the same reason."""

    reason: str
    """A value of `SyncRun.Wait`; "" for runs that no process has begun yet."""
    count: int
    until: datetime | None
    """When the first of these runs continues; None if that is not known."""
    oldest: datetime
    """When the first of them was started."""


@dataclass(frozen=True)
class Runs:
    running: int
    waiting: list[WaitingRuns]

    @property
    def queue(self) -> "Queue":
        """The waiting runs as a queue. Each counts as waiting since it was started."""
        return Queue(sum(one.count for one in self.waiting), min((one.oldest for one in self.waiting), default=None))


@dataclass(frozen=True)
class Queue:
    """Rows that wait to be worked on."""

    count: int
    oldest: datetime | None
    """Since when the first of them waits; None if there are none."""

    def age_s(self, now: datetime) -> float:
        return max(0.0, (now - self.oldest).total_seconds()) if self.oldest else 0.0


@dataclass(frozen=True)
class Delays:
    """Delays of the last events with an outcome of IN_FEED, in seconds.

    A delay goes from the time of the event, by Strava's clock, to the time when it was handled.
    """

    count: int
    median: float
    percentile_95: float
    slowest: float


@dataclass(frozen=True)
class Events:
    """The events that Strava has sent."""

    waiting: Queue
    last_hour: int
    last_at: datetime | None
    """When the last one arrived; None if none is stored."""
    signatures: dict[str, int]
    """How many of the last LAST_EVENTS have each value of `StravaEvent.Signature`. Unused values are left out."""
    last_signature: str
    """The signature of the last event; "" if none is stored."""
    delays: Delays | None
    """None if no event has an outcome of IN_FEED yet."""


@dataclass(frozen=True)
class Processes:
    """The processes that have renewed their row lately."""

    workers: int
    webs: int
    taking_up: int
    """How many of these processes take up work that waits: the workers, and web processes with WORK_IN_WEB."""
    jobs: dict[str, datetime]
    """When each regular job last succeeded in any of the processes, by its name."""


@dataclass(frozen=True)
class TableFigures:
    """The figures that are read from the database."""

    samples: list[Sample]
    runs: Runs
    events: Events
    subscribed_since: datetime | None
    """When Strava last confirmed our subscription to its events; None if no subscription to our address is stored."""
    processes: Processes
    revocations: Queue
    """Tokens whose revocation is due: Strava is to be asked for it now."""


@dataclass(frozen=True)
class SiteFigures:
    at: datetime
    budget: BudgetStatus | None
    """None if reading the budget failed or took too long."""
    tables: TableFigures


async def read_budget() -> BudgetStatus | None:
    """Return the state of the budget; None if that fails or takes too long, so that pages still work."""
    try:
        return await asyncio.wait_for(strava().budget.status(), BUDGET_PATIENCE_S)
    except Exception:
        return None


def read_tables(now: datetime) -> TableFigures:
    """Read all figures that are in the database, in nine queries."""
    subscription = our_subscription()
    return TableFigures(
        samples=read_samples(now - HISTORY),
        runs=read_runs(),
        events=read_events(now),
        subscribed_since=subscription.checked_at if subscription else None,
        processes=read_processes(now),
        revocations=read_revocations(now),
    )


def read_samples(since: datetime) -> list[Sample]:
    rows = BudgetSample.objects.filter(minute__gte=since).order_by("minute")
    return [Sample(row.minute, Meters(*row.used), Meters(*row.limits)) for row in rows]


def read_runs() -> Runs:
    grouped = SyncRun.objects.live().order_by().values("state", "wait_reason")
    rows = grouped.annotate(count=Count("pk"), until=Min("wait_until"), oldest=Min("started_at"))
    running = sum(row["count"] for row in rows if row["state"] == SyncRun.RunState.RUNNING)
    waiting = {
        row["wait_reason"]: WaitingRuns(row["wait_reason"], row["count"], row["until"], row["oldest"])
        for row in rows
        if row["state"] == SyncRun.RunState.WAITING
    }
    return Runs(running, [waiting[reason] for reason in ("", *SyncRun.Wait.values) if reason in waiting])


def read_events(now: datetime) -> Events:
    waiting = StravaEvent.objects.waiting().aggregate(count=Count("pk"), oldest=Min("received_at"))
    latest = list(StravaEvent.objects.order_by("-received_at").values_list("signature", "received_at")[:LAST_EVENTS])
    handled = StravaEvent.objects.filter(outcome__in=IN_FEED, handled_at__isnull=False).order_by("-handled_at")
    times = handled.values_list("event_time", "handled_at")[:LAST_EVENTS]
    return Events(
        waiting=Queue(**waiting),
        last_hour=StravaEvent.objects.filter(received_at__gt=now - LAST_HOUR).count(),
        last_at=latest[0][1] if latest else None,
        signatures=dict(Counter(signature for signature, _ in latest)),
        last_signature=latest[0][0] if latest else "",
        delays=delays_of((at - happened).total_seconds() for happened, at in times if at),
    )


def delays_of(seconds: Iterable[float]) -> Delays | None:
    """Return statistics of the delays, if there are any. A negative delay, due to a wrong clock, counts as 0."""
    found = sorted(max(0.0, one) for one in seconds)
    if not found:
        return None
    return Delays(len(found), percentile(found, 0.5), percentile(found, 0.95), found[-1])


def percentile(ascending: Sequence[float], share: float) -> float:
    """Return the value at `share` of the way through sorted values, interpolated between two neighbours if need be."""
    position = share * (len(ascending) - 1)
    below = int(position)
    above = min(below + 1, len(ascending) - 1)
    return ascending[below] + (position - below) * (ascending[above] - ascending[below])


def read_processes(now: datetime) -> Processes:
    seen = list(WorkingProcess.objects.filter(seen_at__gt=now - SEEN_WITHIN))
    kinds = Counter(process.kind for process in seen)
    return Processes(
        workers=kinds[WorkingProcess.ProcessKind.WORKER],
        webs=kinds[WorkingProcess.ProcessKind.WEB],
        taking_up=sum(process.takes_up for process in seen),
        jobs=last_successes(seen),
    )


def last_successes(processes: Iterable[WorkingProcess]) -> dict[str, datetime]:
    """Return, by the name of each regular job, when it last succeeded in one of these processes."""
    found: dict[str, datetime] = {}
    for process in processes:
        for name, text in process.jobs.items():
            at = datetime.fromisoformat(text)
            found[name] = max(at, found.get(name, at))
    return dict(sorted(found.items()))


def read_revocations(now: datetime) -> Queue:
    due = due_revocations(Revocation, now=now).order_by()
    return Queue(**due.aggregate(count=Count("pk"), oldest=Min("next_try_at")))
