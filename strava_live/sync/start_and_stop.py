"""Start and stop an athlete's sync run, in the same way for a socket and for a form.

The caller passes `write`, an async function that calls a given function in a thread that may write to the database.
A socket first waits in the write queue; a form has waited there before its view is called.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import Protocol, TypeVar

from strava_live.accounts.models import User
from strava_live.broadcast import announce_work
from strava_live.sync.models import SyncRun
from strava_live.sync.run_messages import announce_run, waiting_message
from strava_live.sync.runner import existing_runner
from strava_live.sync.runs import StillStopping, cancel_run, is_unclaimed, start_run, wait_until_stopped
from strava_live.sync.watching import note_watched

R = TypeVar("R")


class Write(Protocol):
    def __call__(self, work: Callable[[], R], /) -> Awaitable[R]: ...


async def start_sync(athlete: User, *, since: date | None = None, until: date | None = None, write: Write) -> SyncRun:
    """Start an import and return it. Raise BadDates or CannotStart.

    If the athlete has just stopped an import, wait a moment for its end. This process executes the new import if it has
    a free slot. If it has none, ring the bell so that another process claims the run, and announce that the run waits.
    """
    start = partial(start_run, athlete, since=since, until=until)
    try:
        run = await write(start)
    except StillStopping:
        await wait_until_stopped(athlete.pk)
        run = await write(start)
    await note_watched(athlete.pk)
    here = existing_runner()
    is_taken_up = here is not None and await here.take_up(run.pk)
    if not is_taken_up and await write(partial(is_unclaimed, run.pk)):
        await announce_work()
        await announce_run(run, waiting_message(run))
    return run


async def stop_sync(athlete_id: int, *, write: Write) -> SyncRun | None:
    """Ask the athlete's live import to stop. Return it, or None if there is none.

    The import stops at once if this process executes it, or none does. Another process stops it within a second.
    """
    run = await write(partial(cancel_run, athlete_id))
    if run is not None and (here := existing_runner()) is not None:
        here.stop(run.pk)
    return run
