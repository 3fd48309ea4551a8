"""Forget what came from Strava about an athlete who has revoked our access there.

A revocation counts once Strava has refused the athlete's tokens. From then on no club sees their parkruns from Strava.
After settings.RETENTION_REVOKED_DAYS, or at once if that is 0, everything that came from Strava is deleted, unless the
athlete has connected again. The account, memberships and posts stay. So do results that the athlete has typed in or
pasted from parkrun's page, but clubs no longer see those that had an activity.
"""

import logging
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from strava_live.accounts.connections import delete_connection
from strava_live.accounts.models import StravaConnection
from strava_live.activities.athlete_state import AthleteErased, lock_athlete, next_marks
from strava_live.activities.models import Activity, Removal
from strava_live.broadcast import announce, athlete_group
from strava_live.database import on_database
from strava_live.feed.parkrun_entries import reconcile_parkrun_entries
from strava_live.leases import Lease, unchanged
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.protocol import AccessRevoked
from strava_live.sync.hidden import HIDDEN
from strava_live.sync.models import SyncRun
from strava_live.sync.runs import progress_of, record_progress
from strava_live.sync.waiting_events import place_of
from strava_live.webhook.models import StravaEvent

logger = logging.getLogger(__name__)
Outcome = StravaEvent.Outcome


async def announce_revoked(athlete_id: int) -> None:
    """Make the athlete's open pages load again. They then say that the access was revoked, or Strava disconnected."""
    await announce(athlete_group(athlete_id), [AccessRevoked()])


async def purge_revoked() -> None:
    """Forget the athletes whose revocation is older than settings.RETENTION_REVOKED_DAYS."""
    while (athlete_id := await on_database(forget_next)()) is not None:
        await announce_revoked(athlete_id)


def forget_next() -> int | None:
    """Forget one athlete whose revocation is old enough, and return their id. Return None if there is none left."""
    before = timezone.now() - timedelta(days=settings.RETENTION_REVOKED_DAYS)
    revoked = refused_connections().filter(revoked_at__lte=before).order_by("revoked_at").first()
    if revoked is None:
        return None
    with suppress(AthleteErased), transaction.atomic():
        lock_athlete(revoked.user_id)
        forget_revoked(revoked)
        reconcile_parkrun_entries(revoked.user_id)
    return revoked.user_id


def record_revocation(run: SyncRun, lease: Lease) -> bool:
    """Record that Strava refuses the tokens of the run's athlete, and hide or forget what came from Strava.

    Return False if there is no revocation to record. If the athlete has disconnected here, their events are marked as
    handled. If the athlete has got new tokens since the old ones were tried, the events go on waiting, and the new
    tokens are tried next. Raise LeaseLost, and store nothing, if the lease was lost.
    """
    now = timezone.now()
    waiting = StravaEvent.objects.of(run.athlete_id).waiting()
    with transaction.atomic():
        lock_athlete(run.athlete_id)
        record_progress(run, lease, progress_of(run, place_of(run, more_calls=1)))
        connection = StravaConnection.objects.filter(user=run.athlete_id).first()
        if connection is None:
            waiting.update(handled_at=now, outcome=Outcome.NOT_CONNECTED)
        if connection is None or not note_revoked(connection):
            return False
        waiting.filter(about=StravaEvent.Subject.ATHLETE).update(handled_at=now, outcome=Outcome.REVOKED)
        waiting.update(handled_at=now, outcome=Outcome.NOT_CONNECTED)
        if settings.RETENTION_REVOKED_DAYS == 0:
            forget_revoked(connection)
        else:
            hide_revoked(run.athlete_id)
        reconcile_parkrun_entries(run.athlete_id)
    logger.info("an athlete has revoked our access at Strava", extra={"strava_id": run.strava_id})
    return True


def note_revoked(connection: StravaConnection) -> bool:
    """Note the revocation in the row of the connection. Return False if its present tokens have not been refused."""
    refused = refused_connections() & unchanged(connection, "connected_at", "refresh_token")
    return bool(refused.update(revoked_at=timezone.now(), synced_until=None, routine_at=None))


def refused_connections() -> "QuerySet[StravaConnection]":
    """Return the connections whose tokens Strava refuses.

    A connection may be revoked and yet not among them, if it has got new tokens from a refresh that was stored late.
    """
    return StravaConnection.objects.filter(trouble=StravaConnection.Trouble.RECONNECT)


def hide_revoked(athlete_id: int) -> None:
    """Hide all activities from clubs, and delete the sync runs that have read them.

    If the athlete connects again before the activities are deleted, the next sync run reads and shows all of them.
    """
    Activity.objects.of(athlete_id).update(visibility=HIDDEN)
    SyncRun.objects.of(athlete_id).history().delete()


def forget_revoked(connection: StravaConnection) -> None:
    """Delete an athlete's activities, recognised results, runs, events about activities, and Strava connection.

    Do nothing if the athlete has connected again, or has tokens that Strava accepts. Needs the athlete's lock. The
    caller updates the clubs' feeds.
    """
    revoked = refused_connections().select_for_update().exclude(revoked_at=None)
    current = revoked.filter(pk=connection.pk).first()
    if current is None:
        return
    forget_activities(current.user_id)
    delete_connection(current)


def forget_activities(athlete_id: int) -> None:
    """Delete what came from Strava about an athlete, except the connection and the events about the athlete.

    Needs the athlete's lock. Results that the athlete has typed in or pasted from parkrun's page stay. Those that had
    an activity lose it and are withheld: only the athlete sees them.
    """
    results = ParkrunResult.objects.of(athlete_id)
    results.filter(source=ParkrunResult.Source.RECOGNISED).delete()
    results.exclude(activity=None).update(activity=None, withheld=True)
    Activity.with_gone.of(athlete_id).delete()
    Removal.objects.of(athlete_id).delete()
    SyncRun.objects.of(athlete_id).delete()
    StravaEvent.objects.of(athlete_id).filter(about=StravaEvent.Subject.ACTIVITY).delete()
    next_marks(athlete_id, 1)  # a socket that has missed the announcement notices it
