"""Start and stop an athlete's sync run, in the same way for a socket and for a form.

The caller passes `write`, an async function that calls a given function in a thread that may write to the database.
A socket first waits in the write queue; a form or a request to the API has waited there before its view is called.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import Protocol, TypeVar

from asgiref.sync import sync_to_async
from django.http import HttpRequest

from strava_live.accounts.models import User
from strava_live.broadcast import announce_work
from strava_live.database import finish_writing
from strava_live.sync.models import SyncRun
from strava_live.sync.run_messages import announce_run, waiting_message
from strava_live.sync.runner import existing_runner
from strava_live.sync.runs import StillStopping, cancel_run, is_unclaimed, start_run, wait_until_stopped
from strava_live.sync.watching import note_watched

R = TypeVar("R")


class Write(Protocol):
    def __call__(self, work: Callable[[], R], /) -> Awaitable[R]: ...


class CreateRun(Protocol):
    def __call__(self, athlete: User, *, since: date | None, until: date | None) -> SyncRun: ...


class WriteInRequest:
    """Run database work for asynchronous code in the thread of the request.

    The request has already waited in the write queue (strava_live/write_queue.py), and holds a ticket.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __call__(self, work: Callable[[], R], /) -> Awaitable[R]:
        return sync_to_async(self.run)(work)

    def run(self, work: Callable[[], R]) -> R:
        """Run the work. If it raises StillStopping, release ticket and database connection: the caller then waits."""
        try:
            return work()
        except StillStopping:
            finish_writing(self.request)
            raise


async def start_sync(
    athlete: User,
    *,
    since: date | None = None,
    until: date | None = None,
    write: Write,
    create: CreateRun = start_run,
) -> SyncRun:
    """Start an import and return it. Raise BadDates or CannotStart, or what `create` raises.

    `create` is the one write that creates the run. The API passes a function that also stores its answer in the same
    transaction. The rest needs the committed run, so it happens after that transaction.

    If the athlete has just stopped an import, wait a moment for its end. This process executes the new import if it has
    a free slot. If it has none, ring the bell so that another process claims the run, and announce that the run waits.
    """
    start = partial(create, athlete, since=since, until=until)
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


async def stop_sync(
    athlete_id: int, *, write: Write, cancel: Callable[[int], SyncRun | None] = cancel_run
) -> SyncRun | None:
    """Ask the athlete's live import to stop. Return it, or None if there is none.

    The import stops at once if this process executes it, or none does. Another process stops it within a second.
    `cancel` is the one write that records that the athlete wants it stopped.
    """
    run = await write(partial(cancel, athlete_id))
    if run is not None and (here := existing_runner()) is not None:
        here.stop(run.pk)
    return run
