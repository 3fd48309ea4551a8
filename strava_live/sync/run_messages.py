"""Announce a sync run to its athlete's sockets: the activities it stores, its progress, and once its end."""

from collections.abc import Sequence
from typing import Any

from strava_live.broadcast import About, Marks, announce, athlete_group
from strava_live.protocol import ActivitiesFound, ActivitySaved, Message, SyncCancelled, SyncFailed, SyncFinished
from strava_live.sync.models import SyncRun


async def announce_run(run: SyncRun, message: Message) -> None:
    """Announce a message together with the id of its run and whether the run has ended.

    A progress message may arrive after the message about the end. A socket that has sent the end of a run drops it.
    """
    await announce(athlete_group(run.athlete_id), [message], about=About(run.pk, over=run.state not in SyncRun.LIVE))


async def announce_chunk(
    run: SyncRun, items: list[dict[str, Any]], saved: Sequence[dict[str, Any]], marks: Marks
) -> None:
    """Announce the activities that a run has stored in one transaction, and which of them the rules have saved.

    `items` and `saved` are activities as the protocol has them. `marks` are the numbers of these changes.
    """
    found = ActivitiesFound(run_id=run.pk, items=items, mark=marks.now)
    messages = [found, *(ActivitySaved(item=item, mark=marks.now) for item in saved)]
    await announce(athlete_group(run.athlete_id), messages, marks=marks)


async def announce_end(run: SyncRun) -> None:
    """Announce the end of a run. Call it once for each run, with `on_commit`, in the transaction that ends the run."""
    await announce_run(run, ending_message(run))


def ending_message(run: SyncRun) -> Message:
    """Return the message that says how a run has ended."""
    match run.state:
        case SyncRun.State.FINISHED:
            return SyncFinished(run=run.wire())
        case SyncRun.State.CANCELLED:
            return SyncCancelled(run=run.wire())
    return SyncFailed(run=run.wire(), code=run.error_code, message=run.error_message, next_step=run.next_step)
