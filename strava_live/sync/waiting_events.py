"""Query and change Strava's events that wait, and the runs that handle them.

A run about events handles all events of its athlete that wait and are due, also those that arrive while it is live.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, Min, OuterRef
from django.utils import timezone

from strava_live.accounts.models import StravaConnection
from strava_live.activities.athlete_state import AthleteErased
from strava_live.leases import Lease
from strava_live.sync.handled_events import settle_all
from strava_live.sync.hidden import hide_unchecked
from strava_live.sync.models import SyncRun
from strava_live.sync.pipeline import Place
from strava_live.sync.runs import LeaseLost, progress_of, record_progress
from strava_live.webhook.models import StravaEvent

MOST_AT_ONCE = 500
"""The most events of one athlete that are handled together."""
MOST_ATHLETES = 500
"""The most athletes whose leftover events are taken up at once."""
NO_PROGRESS: Mapping[str, Any] = {}


def due_events(run: SyncRun, _: Lease) -> list[StravaEvent]:
    """Return the events of the run's athlete to handle now: those that are due, and others about the same activities.

    If one event about an activity is due, all waiting events about this activity are handled with it.
    """
    now = timezone.now()
    waiting = list(StravaEvent.objects.of(run.athlete_id).waiting().order_by("next_try_at", "pk")[:MOST_AT_ONCE])
    due = {(event.about, event.object_id) for event in waiting if event.next_try_at <= now}
    return [event for event in waiting if (event.about, event.object_id) in due]


def has_event_about_access(run: SyncRun, _: Lease) -> bool:
    """Return whether an event about the run's athlete is due: the athlete may have revoked our access."""
    due = StravaEvent.objects.of(run.athlete_id).due(now=timezone.now())
    return due.filter(about=StravaEvent.Subject.ATHLETE).exists()


def confirmed_deletions(run: SyncRun, _: Lease, activity_ids: Collection[int]) -> dict[int, datetime]:
    """Return when these activities were deleted, by Strava's id. Only deletions that Strava has confirmed count."""
    events = StravaEvent.objects.of(run.athlete_id).filter(
        object_id__in=activity_ids, outcome=StravaEvent.Outcome.REMOVED
    )
    deletions = events.filter(about=StravaEvent.Subject.ACTIVITY, aspect=StravaEvent.Aspect.DELETE)
    return dict(deletions.order_by("event_time").values_list("object_id", "event_time"))


def athletes_with_leftover_events() -> list[int]:
    """Return athletes who have due events and no live run that handles them."""
    live = SyncRun.objects.about_events().live().filter(athlete=OuterRef("athlete"))
    due = StravaEvent.objects.due(now=timezone.now()).filter(~Exists(live))
    return list(due.order_by("athlete").values_list("athlete", flat=True).distinct()[:MOST_ATHLETES])


def add_runs(athlete_ids: Collection[int], lease: Lease | None) -> list[SyncRun]:
    """Make sure that each of these athletes has a live run about events.

    With `lease`, claim the new runs with it. Return them, and those that `lease.owner` has claimed before. Without
    `lease` the new runs wait for a process to claim them, and an empty list is returned. An athlete who is not
    connected needs no run: their events are settled at once.
    """
    try:
        return try_to_add_runs(athlete_ids, lease)
    except IntegrityError:  # an account was deleted after its connection was read
        return try_to_add_runs(athlete_ids, lease)


def try_to_add_runs(athlete_ids: Collection[int], lease: Lease | None) -> list[SyncRun]:
    now = timezone.now()
    known = StravaConnection.objects.filter(user__in=athlete_ids).values_list("user", "strava_id")
    accounts = dict(known)
    if missing := set(athlete_ids) - accounts.keys():
        settle_all(missing, StravaEvent.Outcome.NOT_CONNECTED, now=now)
    runs = [new_run(athlete_id, strava_id, lease, now=now) for athlete_id, strava_id in accounts.items()]
    SyncRun.objects.bulk_create(runs, ignore_conflicts=True)
    if lease is None or not runs:
        return []
    new = SyncRun.objects.about_events().live().leased_by(lease.owner)
    return list(new.filter(athlete__in=accounts.keys()))


def delays_of_next(athlete_ids: Sequence[int]) -> list[float | None]:
    """Return for each athlete in how many seconds their next waiting event is due, at least 0. None if none waits."""
    waiting = StravaEvent.objects.filter(athlete__in=set(athlete_ids)).waiting()
    due_at = dict(waiting.values("athlete").values_list("athlete", Min("next_try_at")))
    now = timezone.now()
    return [max(0.0, (due_at[one] - now).total_seconds()) if one in due_at else None for one in athlete_ids]


def look_after_waiting_runs(athlete_ids: Collection[int]) -> None:
    """Handle the urgent events of athletes whose runs are paused.

    Runs are paused while Strava does not answer or the budget of calls is spent. Activities that were deleted or made
    private are hidden now. If the athlete may have revoked our access, a run that waits for the budget goes on at once:
    the budget never delays the call that tries the tokens.
    """
    now = timezone.now()
    paused = SyncRun.objects.about_events().filter(athlete__in=athlete_ids, state=SyncRun.RunState.WAITING)
    about_access = StravaEvent.objects.due(now=now).filter(
        athlete=OuterRef("athlete"), about=StravaEvent.Subject.ATHLETE
    )
    paused.filter(Exists(about_access), wait_reason=SyncRun.Wait.RATE_LIMIT).update(wait_until=now)
    for athlete_id in list(paused.filter(wait_until__gt=now).values_list("athlete", flat=True)):
        with suppress(AthleteErased):
            hide_unchecked(athlete_id)


def settle_these(run: SyncRun, lease: Lease, keys: Collection[int], outcome: str) -> None:
    """Give these events of the run's athlete an outcome. Raise LeaseLost, and store nothing, if the lease was lost."""
    with transaction.atomic():
        record_progress(run, lease, progress_of(run, place_of(run)))
        waiting = StravaEvent.objects.of(run.athlete_id).waiting().filter(pk__in=keys)
        waiting.update(handled_at=timezone.now(), outcome=outcome)


def postpone_until(run: SyncRun, _: Lease, keys: Collection[int], until: datetime) -> None:
    """Let these events of the run's athlete wait until `until`."""
    StravaEvent.objects.of(run.athlete_id).waiting().filter(pk__in=keys).update(next_try_at=until)


def settle_due(run: SyncRun, lease: Lease, *, outcome: str) -> bool:
    """Give an outcome to all due events about the athlete's activities. Return False if the lease was lost.

    First hide the activities that were deleted or made private according to waiting events. Events about the athlete's
    access still wait: they may have arrived just now, and only trying the tokens settles them.
    """
    now = timezone.now()
    if not SyncRun.objects.leased_by(lease.owner).filter(pk=run.pk).exists():
        return False
    waiting = StravaEvent.objects.of(run.athlete_id).waiting().filter(about=StravaEvent.Subject.ACTIVITY)
    keys = list(waiting.due(now=now).values_list("pk", flat=True))
    hide_unchecked(run.athlete_id)  # a deletion may have arrived just now
    waiting.filter(pk__in=keys).update(handled_at=now, outcome=outcome)
    return True


def place_of(run: SyncRun, *, more_calls: int = 0) -> Place:
    """Return how far the run has got, with `more_calls` added to its requests."""
    return Place(run.reached, run.pages, run.requests + more_calls, run.skipped)


def new_run(athlete_id: int, strava_id: int, lease: Lease | None, *, now: datetime) -> SyncRun:
    run = SyncRun(
        athlete_id=athlete_id,
        strava_id=strava_id,
        kind=SyncRun.RunKind.ACTIVITIES,
        reason=SyncRun.Trigger.WEBHOOK,
        started_at=now,
    )
    if lease is None:
        run.state, run.wait_reason = SyncRun.RunState.WAITING, SyncRun.Wait.BUSY
    else:
        run.state, run.lease_owner, run.lease_until = SyncRun.RunState.RUNNING, lease.owner, now + lease.length
    return run


def end_if_nothing_is_due(run: SyncRun, lease: Lease, progress: Mapping[str, Any] = NO_PROGRESS) -> bool:
    """End the run, write its `progress` and return True. Return False if events of its athlete are due.

    Raise LeaseLost if the lease was lost or the athlete wants the run stopped.
    """
    now = timezone.now()
    mine = SyncRun.objects.leased_by(lease.owner).filter(pk=run.pk)
    due = StravaEvent.objects.due(now=now).filter(athlete=OuterRef("athlete"))
    changes = {**progress, "state": SyncRun.RunState.FINISHED, "ended_at": now, **SyncRun.lease.cleared}
    if mine.filter(~Exists(due), cancel_asked=False).update(**changes):
        return True
    if not mine.filter(cancel_asked=False).exists():
        raise LeaseLost
    return False
