"""What may be done with a run: start it, cancel it, let it wait, end it. Each says what it has done by its result."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone

from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.marks import begin_marks
from strava_live.strava.errors import StravaError
from strava_live.sync.models import SyncRun
from strava_live.sync.pipeline import Place
from strava_live.sync.window import window_of


class CannotStart(Exception):
    """Why no run was started, as a code of the protocol and a sentence for the athlete."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class LeaseLost(Exception):
    """The run is somebody else's now, or its athlete wants it stopped."""


@dataclass(frozen=True)
class Lease:
    """Who holds a run, and for how long unless it is renewed."""

    owner: str
    length: timedelta


def start_run(athlete: User, *, since: date | None = None, until: date | None = None) -> SyncRun:
    """A new run that nobody holds yet. One athlete has at most one live run, whoever asks and however often."""
    connection = ready_connection(athlete)
    now = timezone.now()
    # Asked for anew: a socket may have known its athlete for hours.
    zone = ZoneInfo(User.objects.values_list("time_zone", flat=True).get(pk=athlete.pk))
    window = window_of(since, until, zone=zone, now=now)
    begin_marks(athlete.pk)
    try:
        with transaction.atomic():
            return SyncRun.objects.create(
                athlete=athlete,
                strava_id=connection.strava_id,
                state=SyncRun.State.WAITING,
                wait_reason=SyncRun.Wait.BUSY,
                since=window.since,
                until=window.until,
                after=window.after,
                before=window.before,
                started_at=now,
            )
    except IntegrityError:
        raise CannotStart("already_running", "A sync is already running; here it is.") from None


def ready_connection(athlete: User) -> StravaConnection:
    connection = StravaConnection.objects.filter(user=athlete).first()
    if connection is None:
        raise CannotStart("not_connected", "Connect Strava first; then your runs can be read.")
    if connection.trouble == StravaConnection.Trouble.RECONNECT:
        raise CannotStart("reconnect_needed", "Strava no longer lets this site read your activities. Connect it again.")
    if not connection.may_read_activities:
        raise CannotStart(
            "scope_missing", "You have not allowed this site to see your activities. Connect Strava again."
        )
    return connection


def is_busy(run_id: int) -> bool:
    """Whether nobody has taken it up yet."""
    return SyncRun.objects.filter(pk=run_id, wait_reason=SyncRun.Wait.BUSY, lease_owner="").exists()


def cancel_run(athlete_id: int) -> SyncRun | None:
    """Ask the live run to stop; None when there is none. One that nobody holds stops at once; whoever holds one
    notices within a second."""
    live = SyncRun.objects.of(athlete_id).live().values_list("pk", flat=True).first()
    if live is None:
        return None
    SyncRun.objects.filter(pk=live).live().update(cancel_asked=True)
    SyncRun.objects.filter(pk=live).end_cancelled(now=timezone.now())
    return SyncRun.objects.get(pk=live)


def note_place(
    run: SyncRun, lease: Lease, place: Place, *, found: int = 0, saved: int = 0, oldest: datetime | None = None
) -> None:
    """How far it has got, in the transaction that keeps what was found there."""
    known = [moment for moment in (run.oldest, oldest) if moment]
    changes = {
        "reached": place.reached or run.reached,
        "oldest": min(known) if known else None,
        "found": run.found + found,
        "saved": max(0, run.saved + saved),
        "pages": place.pages,
        "requests": place.requests,
        "skipped": place.skipped,
        "setbacks": 0 if found else run.setbacks,
    }
    if not SyncRun.objects.owned(lease.owner).filter(pk=run.pk, cancel_asked=False).update(**changes):
        raise LeaseLost
    for name, value in changes.items():
        setattr(run, name, value)


def let_wait(run: SyncRun, lease: Lease, *, until: datetime | None, reason: SyncRun.Wait, setbacks: int) -> bool:
    """Put it down until then. False when it is ours no more."""
    return release(run, lease, state=SyncRun.State.WAITING, wait_until=until, wait_reason=reason, setbacks=setbacks)


def end_run(run: SyncRun, lease: Lease, *, state: SyncRun.State, error: StravaError | None = None) -> bool:
    """It is over. False when it is ours no more."""
    now = timezone.now()
    told = {}
    if error is not None:
        told = {"error_code": error.code, "error_message": error.sentence, "next_step": error.next_step}
    with transaction.atomic():
        ended = release(run, lease, state=state, ended_at=now, **told)
        if ended and state == SyncRun.State.FINISHED and run.until is None:
            note_synced(run)
    return ended


def note_synced(run: SyncRun) -> None:
    """Everything up to its start is known now, if it read all or on from where that was known before."""
    connection = StravaConnection.objects.filter(strava_id=run.strava_id, user_id=run.athlete_id)
    known = connection if run.after is None else connection.filter(synced_until__gte=run.after)
    known.update(synced_until=run.started_at)


def release(run: SyncRun, lease: Lease, **changes: object) -> bool:
    for name, value in changes.items():
        setattr(run, name, value)
    run.lease_owner, run.lease_until = "", None
    mine = SyncRun.objects.owned(lease.owner).filter(pk=run.pk)
    return bool(mine.update(lease_owner="", lease_until=None, **changes))
