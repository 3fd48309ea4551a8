"""Announce a run to its athlete's sockets: what it stores, its progress, and its end once."""

from collections.abc import Sequence
from typing import cast

from strava_live.broadcast import About, Marks, announce, athlete_group
from strava_live.formats import utc_iso
from strava_live.protocol import (
    ActivitiesFound,
    ActivitySaved,
    ItemShape,
    Message,
    SyncCancelled,
    SyncFailed,
    SyncFinished,
    SyncWaiting,
    WaitReason,
)
from strava_live.sync.failures import error_of
from strava_live.sync.models import SyncRun


async def announce_run(run: SyncRun, message: Message) -> None:
    """Announce a message with the id of its run, so that a socket can drop a message older than the run's end."""
    await announce(athlete_group(run.athlete_id), [message], about=About(run.pk, over=run.state not in SyncRun.LIVE))


async def announce_chunk(run: SyncRun, items: list[ItemShape], saved: Sequence[ItemShape], marks: Marks) -> None:
    """Announce the items that a run has stored, and those among them that the rules saved."""
    found = ActivitiesFound(run_id=run.pk, items=items, mark=marks.now)
    messages = [found, *(ActivitySaved(item=item, mark=marks.now) for item in saved)]
    await announce(athlete_group(run.athlete_id), messages, marks=marks)


async def announce_end(run: SyncRun) -> None:
    """Announce the end of a run. Call it once, by `on_commit` of the transaction that ends the run."""
    await announce_run(run, ending_message(run))


def waiting_message(run: SyncRun) -> SyncWaiting:
    """Return the message that a run waits, and until when."""
    reason = cast("WaitReason", str(run.wait_reason))
    return SyncWaiting(run=run.wire(), until=utc_iso(run.wait_until), reason=reason)


def ending_message(run: SyncRun) -> Message:
    """Return the last message about a run."""
    match run.state:
        case SyncRun.RunState.FINISHED:
            return SyncFinished(run=run.wire())
        case SyncRun.RunState.CANCELLED:
            return SyncCancelled(run=run.wire())
    error = error_of(run.failure_kind)
    return SyncFailed(run=run.wire(), code=error.code, message=error.sentence, next_step=error.next_step)
