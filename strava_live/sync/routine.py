"""Start routine syncs: runs by which the site looks for changes at Strava by itself, without a person or an event.

Each athlete has one about every six hours, or once a day if Strava has sent an event about them lately. It reads the
last fourteen days, which is usually one call to Strava. The row of the connection says when the next one is due
(`StravaConnection.routine_at`). Routine syncs use only a share of the budget of calls, and those that have been due for
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
from strava_live.sync.models import SyncRun
from strava_live.sync.runner import routine_slots, runner
from strava_live.sync.runs import create_run
from strava_live.sync.window import window_of
from strava_live.time_zones import zone_or_utc
from strava_live.webhook.models import StravaEvent

EVERY = timedelta(hours=6)
"""The time between two routine syncs of an athlete, without jitter."""
EVERY_WITH_EVENTS = timedelta(days=1)
"""The same for an athlete about whom Strava sends events. The routine sync then finds only events that were lost."""
RECENT_EVENT = timedelta(days=2)
"""If Strava has sent an event about an athlete within this time, their routine syncs are EVERY_WITH_EVENTS apart."""
JITTER = 0.1
"""The share of the time between two routine syncs by which it varies, so that they spread over the day."""
LOOK_BACK = timedelta(days=14)
"""How many days a routine sync reads. Watches are sometimes uploaded days later."""
QUARTER = timedelta(seconds=QUARTER_S)
"""The length of the shorter of Strava's two windows, in which calls are counted."""
MOST_IN_QUARTER = 1000
"""How many of the newest routine syncs are read to count those of this quarter. No more can be started in one."""
MAY_READ = Q(scopes__contains="activity:read")
"""The connections whose scopes (permissions) include reading activities; `activity:read_all` contains the text, too."""


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
    """Return how many more routine syncs to start in this quarter of an hour: an even part of what is left of the day.

    Otherwise a site with many athletes and small limits would use up the day's share in the first hours of the day.
    """
    began = status.quarter_ends - QUARTER
    left, quarters_left = status.room_today(share), max(1.0, (status.day_ends - began) / QUARTER)
    newest = SyncRun.objects.filter(reason=SyncRun.Trigger.ROUTINE).order_by("-pk").values_list("started_at", flat=True)
    started = sum(at >= began for at in newest[:MOST_IN_QUARTER])
    return math.ceil((left + started) / quarters_left) - started


def start_due(room: int, *, now: datetime) -> list[SyncRun]:
    """Create the runs of athletes whose routine sync is due, those first that have been due for longest.

    `room` is the number of calls that routine syncs may use now. Each takes one; live ones have not used theirs yet.
    """
    live = SyncRun.objects.live().filter(reason=SyncRun.Trigger.ROUTINE)
    count = min(room - live.count(), routine_slots() - live.due(now=now).count())
    started = [start_one(connection, now=now) for connection in due_connections(now=now)[: max(0, count)]]
    return [run for run in started if run is not None]


def due_connections(*, now: datetime) -> QuerySet[StravaConnection]:
    """Return the connections whose routine sync is due and possible. Those that have been due for longest are first."""
    importing = SyncRun.objects.live().filter(kind=SyncRun.RunKind.HISTORY).values("athlete")
    usable = StravaConnection.objects.filter(MAY_READ, trouble="", revoked_at=None, user__is_active=True)
    due = usable.filter(routine_at__lte=now).exclude(user__in=importing)
    return due.select_related("user").order_by("routine_at", "pk")


def start_one(connection: StravaConnection, *, now: datetime) -> SyncRun | None:
    """Create a run, and set when the athlete's next routine sync is due.

    Return None if another process has done so, if a run has been started for the athlete meanwhile, or if the tokens
    cannot be read with FIELD_KEYS.
    """
    try:
        with transaction.atomic():
            # The run first: a run that ends locks its own row before that of the connection.
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
    """Return when the athlete's routine sync after the one of `now` is due."""
    has_events = StravaEvent.objects.of(athlete_id).filter(received_at__gt=now - RECENT_EVENT).exists()
    every = EVERY_WITH_EVENTS if has_events else EVERY
    return now + every * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 spreads them
