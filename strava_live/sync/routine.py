"""Start routine syncs: runs that look for changes at Strava. The site starts them by itself.

Each athlete has one about every six hours, or once a day if Strava has sent an event about them lately. It reads the
last fourteen days or more, which is usually one call to Strava. The row of the connection says when the next one is due
(`StravaConnection.routine_at`). Routine syncs use only a share of the budget of calls. Those that have been due for
longest go first. A run that the athlete asks for replaces a live routine sync (`runs.end_routine_run`).
"""

import math
import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from strava_live.accounts.models import StravaConnection
from strava_live.accounts.strava_app import strava
from strava_live.broadcast import announce_work
from strava_live.database import on_database
from strava_live.leases import unchanged
from strava_live.strava.budget import BudgetStatus
from strava_live.strava.limits import QUARTER_S, Lane, Policy
from strava_live.sync.claims import routine_slots
from strava_live.sync.models import SyncRun
from strava_live.sync.runner import runner
from strava_live.sync.runs import create_run
from strava_live.sync.window import window_of
from strava_live.time_zones import zone_or_utc
from strava_live.webhook.models import StravaEvent

EVERY = timedelta(hours=6)
"""The time between two routine syncs of an athlete, without jitter."""
EVERY_WITH_EVENTS = timedelta(days=1)
"""The time between two routine syncs of an athlete with recent events. Routine syncs then find only the changes whose
events were lost."""
RECENT_EVENT = timedelta(days=2)
"""If Strava has sent an event about an athlete within this time, their routine syncs are EVERY_WITH_EVENTS apart."""
JITTER = 0.1
"""How much the time between two routine syncs varies, as a share of that time: syncs then spread over the day."""
LOOK_BACK = timedelta(days=14)
"""How much a routine sync reads at least, counted back from now. Watches may upload activities days later. The button
"Look for new runs" reads from this long before the connection's `synced_until`."""
QUARTER = timedelta(seconds=QUARTER_S)
"""The shorter of the two periods for which Strava limits calls. The longer one is a day."""
MOST_IN_QUARTER = 1000
"""The most routine syncs that `room_in_quarter` counts. Strava's limits allow fewer in a quarter of an hour."""
MAY_READ = Q(scopes__contains="activity:read")
"""The connections whose scopes (permissions) allow reading activities. The scope `activity:read_all` matches, too."""


async def start_routine_syncs() -> None:
    """Start the routine syncs that are due, as many as the budget and this process have room for."""
    status = await strava().budget.status()
    for run in await on_database(start_affordable)(status, now=timezone.now()):
        if not await runner().take_up(run.pk):
            await announce_work()


def start_affordable(status: BudgetStatus, *, now: datetime) -> list[SyncRun]:
    share = Policy(reserve=settings.STRAVA_RESERVE).share(Lane.ROUTINE)
    return start_due(min(status.room(share), room_in_quarter(status, share, now=now)), now=now)


def room_in_quarter(status: BudgetStatus, share: float, *, now: datetime) -> int:
    """Return how many more routine syncs to start in this quarter of an hour.

    The calls that are left of the day's share are divided evenly among the quarters that are left. Otherwise a site
    with many athletes and small limits would use up the day's share in the first hours of the day.
    """
    began = status.quarter_ends - QUARTER
    left, quarters_left = status.room_today(share), max(1.0, (status.day_ends - began) / QUARTER)
    newest = SyncRun.objects.filter(reason=SyncRun.Trigger.ROUTINE).order_by("-pk")[:MOST_IN_QUARTER]
    started = SyncRun.objects.filter(pk__in=newest.values("pk"), started_at__gte=began).count()
    return math.ceil((left + started) / quarters_left) - started


def start_due(room: int, *, now: datetime) -> list[SyncRun]:
    """Create routine syncs that are due, as many as possible. Those that have been due for longest come first.

    `room` is the number of calls that routine syncs may use now. Each new run counts as one, and so does each live run,
    because it may not have made its call yet.
    """
    live = SyncRun.objects.live().filter(reason=SyncRun.Trigger.ROUTINE)
    count = min(room - live.count(), routine_slots() - live.due(now=now).count())
    started = [start_one(connection, now=now) for connection in due_connections(now=now)[: max(0, count)]]
    return [run for run in started if run is not None]


def due_connections(*, now: datetime) -> QuerySet[StravaConnection]:
    """Return the connections whose routine sync is due and can run. Those that have been due for longest come first."""
    importing = SyncRun.objects.live().filter(kind=SyncRun.RunKind.HISTORY).values("athlete")
    usable = StravaConnection.objects.filter(MAY_READ, trouble="", revoked_at=None, user__is_active=True)
    due = usable.filter(routine_at__lte=now).exclude(user__in=importing)
    return due.select_related("user").order_by("routine_at", "pk")


def start_one(connection: StravaConnection, *, now: datetime) -> SyncRun | None:
    """Create a routine sync, and set when the athlete's next one is due.

    Return None if no run was created: another process has started this routine sync, an import was started for the
    athlete meanwhile, or the tokens cannot be read with FIELD_KEYS.
    """
    try:
        with transaction.atomic():
            # Create the run first: a run that ends also locks its own row before that of the connection.
            run = create_routine_run(connection, now=now) if connection.tokens_can_be_decrypted else None
            if not unchanged(connection, "routine_at").update(routine_at=next_after(now, connection.user_id)):
                raise AlreadyStarted
    except (AlreadyStarted, IntegrityError):
        return None
    return run


class AlreadyStarted(Exception):
    """Another process has started this routine sync."""


def create_routine_run(connection: StravaConnection, *, now: datetime) -> SyncRun:
    """Create a run that reads the days of LOOK_BACK, or all days since `synced_until` if that is longer ago."""
    zone = zone_or_utc(connection.user.time_zone)
    since = min(now - LOOK_BACK, connection.synced_until or now).astimezone(zone).date()
    window = window_of(since, None, zone=zone, now=now)
    return create_run(connection, window, reason=SyncRun.Trigger.ROUTINE, now=now)


def next_after(now: datetime, athlete_id: int) -> datetime:
    """Return when the athlete's next routine sync is due, if one starts `now`."""
    has_events = StravaEvent.objects.of(athlete_id).filter(received_at__gt=now - RECENT_EVENT).exists()
    every = EVERY_WITH_EVENTS if has_events else EVERY
    return now + every * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 spreads them
