"""Change the row of a sync run: start it, ask it to stop, pause it, end it, record its progress.

A run is one reading of an athlete's Strava activities. Its lease says which process executes it, and until when. A
function that ends a run also announces the end to the athlete's sockets, after the commit.
"""

import asyncio
import logging
import random
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.athlete_state import AthleteErased, ensure_athlete_state, lock_athlete
from strava_live.activities.models import AthleteState
from strava_live.database import for_readers
from strava_live.error_codes import ErrorCode
from strava_live.feed.parkrun_entries import reconcile_parkrun_entries
from strava_live.leases import Lease
from strava_live.strava.errors import StravaError
from strava_live.sync.continuing import continued_until
from strava_live.sync.failures import kind_of
from strava_live.sync.hidden import hide_missing
from strava_live.sync.models import SyncRun, SyncRunQuerySet
from strava_live.sync.pipeline import Place
from strava_live.sync.run_messages import announce_end
from strava_live.sync.window import Window, window_of
from strava_live.time_zones import zone_or_utc

logger = logging.getLogger(__name__)
STOPPING_TAKES_AT_MOST_S = 2.0
"""The longest time that a new run waits until a stopped one has ended. By then, its process has surely stopped it."""
READ_ROW_EVERY_S = 0.05
FIRST_ROUTINE_SYNC_WITHIN = timedelta(hours=6)
"""The longest time between an athlete's first whole import and their first routine sync. The actual time is random, so
that the members of a club who connect at the same moment are read at different times."""


class CannotStart(Exception):
    """No run was started. The message is a sentence for the athlete, `code` an error code of the socket protocol."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class StillStopping(CannotStart):
    """The athlete has stopped the last import, but the process that executes it has not ended it yet."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.ALREADY_RUNNING, "Your last import is still stopping. Try again in a moment.")


class LeaseLost(Exception):
    """This process must not go on with the run: it has lost the lease, or the athlete wants the run stopped."""


def start_run(athlete: User, *, since: date | None = None, until: date | None = None) -> SyncRun:
    """Create an import without a lease, for any process to claim.

    Without `since` and `until` it reads the whole history, otherwise the days between them, both included. A live
    routine sync ends at once, and this import takes its place. Raise CannotStart if the athlete has started another
    import that is still live, or if the connection cannot be used. Raise BadDates if the days cannot be imported.
    """
    connection = ready_connection(athlete)
    now = timezone.now()
    try:
        with transaction.atomic():
            zone = zone_or_utc(locked_user(athlete.pk).time_zone)
            ensure_athlete_state(athlete.pk)
            window = window_of(since, until, zone=zone, now=now)
            end_routine_run(athlete.pk, now=now)
            return create_run(connection, window, reason=SyncRun.Trigger.ASKED, now=now)
    except IntegrityError:
        if SyncRun.objects.of(athlete.pk).asked().live().filter(cancel_asked=False).exists():
            raise CannotStart(ErrorCode.ALREADY_RUNNING, "An import is already running. Here it is.") from None
        raise StillStopping from None


def locked_user(user_id: int) -> User:
    """Lock the user's row, and return it as it is in the table: a socket may have loaded its user hours ago.

    Raise AthleteErased if the account was deleted. The lock makes deleting the account wait for the new run. It is not
    the athlete's lock: an import can be started while something else is being stored for the athlete.
    """
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise AthleteErased(user_id)
    return user


def create_run(connection: StravaConnection, window: Window, *, reason: SyncRun.Trigger, now: datetime) -> SyncRun:
    """Create an import without a lease. Raise IntegrityError if the athlete already has a live import."""
    return SyncRun.objects.create(
        athlete_id=connection.user_id,
        strava_id=connection.strava_id,
        state=SyncRun.RunState.WAITING,
        wait_reason=SyncRun.Wait.BUSY,
        reason=reason,
        since=window.since,
        until=window.until,
        after=window.after,
        before=window.before,
        continues=continued_until(connection.user_id, connection.strava_id, window),
        started_at=now,
    )


def end_routine_run(athlete_id: int, *, now: datetime) -> None:
    """End the athlete's live routine sync at once, whether a process executes it or not.

    The process that executes it loses the lease, so that it stores nothing more and stops.
    """
    live = SyncRun.objects.of(athlete_id).live().filter(reason=SyncRun.Trigger.ROUTINE)
    ended = {"state": SyncRun.RunState.CANCELLED, "ended_at": now, "wait_until": None, "wait_reason": ""}
    live.update(cancel_asked=True, **ended, **SyncRun.lease.cleared)


async def wait_until_stopped(athlete_id: int) -> None:
    """Wait until the run that the athlete has asked to stop has ended, at most STOPPING_TAKES_AT_MOST_S.

    Read the row again and again, because another process may be executing the run.
    """
    deadline = time.monotonic() + STOPPING_TAKES_AT_MOST_S
    while await for_readers(is_stopping)(athlete_id):
        if time.monotonic() > deadline:
            return
        await asyncio.sleep(READ_ROW_EVERY_S)


def is_stopping(athlete_id: int) -> bool:
    return SyncRun.objects.of(athlete_id).history().live().filter(cancel_asked=True).exists()


def ready_connection(athlete: User) -> StravaConnection:
    """Return the athlete's Strava connection. Raise CannotStart if it cannot be used to read activities."""
    connection = StravaConnection.objects.filter(user=athlete).first()
    if connection is None:
        raise CannotStart(ErrorCode.NOT_CONNECTED, "Connect Strava first, then import your runs.")
    if connection.trouble == StravaConnection.Trouble.RECONNECT:
        raise CannotStart(
            ErrorCode.RECONNECT_NEEDED, "Strava no longer lets us read your activities. Connect Strava again."
        )
    if not connection.tokens_can_be_decrypted:
        raise CannotStart(
            ErrorCode.RECONNECT_NEEDED, "This site can no longer read its key to your Strava. Connect it again."
        )
    if not connection.may_read_activities:
        raise CannotStart(
            ErrorCode.SCOPE_MISSING,
            "We aren't allowed to see your activities yet. Connect Strava again and leave the activities box ticked.",
        )
    return connection


def is_unclaimed(run_id: int) -> bool:
    """Return True if the run is new and no process has claimed it yet."""
    new = SyncRun.objects.filter(pk=run_id, wait_reason=SyncRun.Wait.BUSY)
    return new.without_lease(now=timezone.now()).exists()


def cancel_run(athlete_id: int, run_id: int | None = None) -> SyncRun | None:
    """Ask the athlete's live import to stop, and return it. Return None if there is none, or if it is not `run_id`.

    An import without a lease ends in this call. Otherwise the process that holds the lease ends it within a second.
    """
    runs = SyncRun.objects.of(athlete_id).history().live()
    if run_id is not None:
        runs = runs.filter(pk=run_id)
    live = runs.values_list("pk", flat=True).first()
    if live is None:
        return None
    cancel_these(SyncRun.objects.filter(pk=live))
    return SyncRun.objects.get(pk=live)


def cancel_these(runs: SyncRunQuerySet) -> None:
    """Ask live runs to stop, and end those without a lease.

    A run that has already been asked to stop is not written again: the write could only wait for the transaction that
    is ending the run.
    """
    runs.live().filter(cancel_asked=False).update(cancel_asked=True)
    end_cancelled(runs)


def end_cancelled(among: SyncRunQuerySet) -> list[SyncRun]:
    """End those runs of `among` that have no lease and that their athletes want stopped. Return the ended runs.

    If several processes call this at once, each run is ended and announced by one of them. A run is skipped until the
    next call if another transaction holds its athlete's lock for too long.
    """
    ended, now = [], timezone.now()
    for run in among.to_cancel(now=now):
        try:
            if end_without_lease(run, now=now):
                ended.append(run)
        except AthleteErased:
            continue
        except OperationalError as error:
            logger.warning("a run could not be ended", extra={"run": run.pk, "reason": repr(error)})
    return ended


def end_without_lease(run: SyncRun, *, now: datetime) -> bool:
    """End a run without a lease as cancelled. Return False if it has ended or has been claimed meanwhile.

    For an import, also update the clubs' feeds and announce the end. A run about events has updated the feeds each time
    it has stored something.
    """
    with transaction.atomic():
        lock_athlete(run.athlete_id)
        changes = {"state": SyncRun.RunState.CANCELLED, "ended_at": now, "wait_until": None, "wait_reason": ""}
        to_cancel = SyncRun.objects.filter(pk=run.pk).to_cancel(now=now)
        if not to_cancel.update(**SyncRun.lease.cleared, **changes):
            return False
        if run.is_import:
            run.refresh_from_db()
            reconcile_parkrun_entries(run.athlete_id)
            transaction.on_commit(partial(async_to_sync(announce_end), run))
    return True


def record_progress(run: SyncRun, lease: Lease, progress: Mapping[str, Any]) -> None:
    """Record how far the run has got (`progress_of`), in the transaction that stores a chunk of its activities.

    Raise LeaseLost, so that the transaction rolls back, if the lease was lost or the athlete wants the run stopped.
    """
    if not SyncRun.objects.leased_by(lease.owner).filter(pk=run.pk, cancel_asked=False).update(**progress):
        raise LeaseLost


def note_progress(run: SyncRun, progress: Mapping[str, Any]) -> None:
    """Set the fields of `run` to what was recorded. Call this after the commit: a retry adds to the old values."""
    for name, value in progress.items():
        setattr(run, name, value)


def progress_of(
    run: SyncRun, place: Place, *, found: int = 0, saved: int = 0, oldest: datetime | None = None
) -> dict[str, Any]:
    """Return the columns of the run that say how far it has got, once a chunk of its activities is stored."""
    known = [instant for instant in (run.oldest, oldest) if instant]
    return {
        "reached": place.reached or run.reached,
        "oldest": min(known) if known else None,
        "found": run.found + found,
        "saved": max(0, run.saved + saved),
        "pages": place.pages,
        "requests": place.requests,
        "skipped": place.skipped,
        "setbacks": 0 if found else run.setbacks,
    }


def pause_run(run: SyncRun, lease: Lease, *, until: datetime | None, reason: SyncRun.Wait, setbacks: int) -> bool:
    """Release the run, so that a process claims it again after `until`.

    Return False, and change nothing, if the lease was lost or the athlete wants the run stopped.
    """
    not_stopped = SyncRun.objects.filter(cancel_asked=False)
    state = SyncRun.RunState.WAITING
    return release(run, lease, not_stopped, state=state, wait_until=until, wait_reason=reason, setbacks=setbacks)


def end_run(run: SyncRun, lease: Lease, *, state: SyncRun.RunState, error: StravaError | None = None) -> bool:
    """End the run, and announce the end of an import. Return False if the lease was lost."""
    failure = {} if error is None else {"failure_kind": kind_of(error)}
    changes = {"ended_at": timezone.now(), **failure}
    if not run.is_import:
        return release(run, lease, SyncRun.objects.all(), state=state, **changes)
    if not SyncRun.objects.leased_by(lease.owner).filter(pk=run.pk).exists():
        return False
    return end_import(run, lease, state=state, **changes)


def end_import(run: SyncRun, lease: Lease, *, state: SyncRun.RunState, **changes: object) -> bool:
    """End an import, update the clubs' feeds, and announce the end. Return False if the lease was lost.

    If the import has finished, also hide the activities that are missing at Strava, and record which days are known
    now.
    """
    with transaction.atomic():
        athlete_state = lock_athlete(run.athlete_id)  # before the run's row: `store_chunk` locks in the same order
        ended = release(run, lease, SyncRun.objects.all(), state=state, **changes)
        if ended and state == SyncRun.RunState.FINISHED:
            if not run.skipped:  # a skipped activity may be any of those that seem to be missing
                hide_missing(run)
            note_synced(run, athlete_state)
        if ended:
            reconcile_parkrun_entries(run.athlete_id)  # after `note_synced`: numbers need the whole history
            transaction.on_commit(partial(async_to_sync(announce_end), run))
    return ended


def note_synced(run: SyncRun, state: AthleteState) -> None:
    """Record what is known about an athlete's activities after a run has finished.

    - The connection's `synced_until` says up to which instant all activities are known. The run does not change it if
      unread days lie before or after its window.
    - Routine syncs (`sync/routine.py`) begin once `synced_until` is set for the first time.
    - After a run that has read the whole history, the athlete's parkruns can be counted (`history_known`).
    """
    if run.known_until is None:
        return
    connection = StravaConnection.objects.filter(strava_id=run.strava_id, user_id=run.athlete_id)
    older = connection.filter(Q(synced_until=None) | Q(synced_until__lt=run.known_until))
    known = older if run.after is None else older.filter(synced_until__gte=run.after)
    known.update(synced_until=run.known_until)
    first_routine_sync = timezone.now() + FIRST_ROUTINE_SYNC_WITHIN * random.random()  # noqa: S311 spreads them
    connection.filter(routine_at=None).exclude(synced_until=None).update(routine_at=first_routine_sync)
    if run.after is None and not state.history_known:
        state.history_known = True
        state.save(update_fields=["history_known"])


def release(run: SyncRun, lease: Lease, among: SyncRunQuerySet, **changes: object) -> bool:
    """End the lease of the run and write `changes` to its row and to `run`.

    Return False, and change nothing, if the lease was lost or the queryset `among` does not contain the run.
    """
    if not SyncRun.lease.release(among.filter(pk=run.pk), lease.owner, **changes):
        return False
    for name, value in {**changes, **SyncRun.lease.cleared}.items():
        setattr(run, name, value)
    return True
