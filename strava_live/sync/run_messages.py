"""Announce to an athlete's sockets what a sync run stores, how far it has got, and that it has ended."""

from collections.abc import Sequence
from typing import cast

from strava_live.broadcast import AboutRun, Marks, announce, athlete_group
from strava_live.formats import utc_iso
from strava_live.protocol import (
    ActivitiesFound,
    ActivitiesRemoved,
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
    """Announce a message together with the id of its run and whether the run has ended.

    Do nothing for a run that the site has started by itself: the page shows only what such a run finds.
    A progress message may arrive after the message about the end. A socket that has sent the end drops such a message.
    """
    if run.is_quiet:
        return
    await announce(athlete_group(run.athlete_id), [message], about=AboutRun(run.pk, over=run.state not in SyncRun.LIVE))


async def announce_chunk(
    run: SyncRun, items: list[ItemShape], saved: Sequence[ItemShape], removed: list[int], marks: Marks
) -> None:
    """Announce the activities that a run has stored in one transaction, and which of them the rules have saved.

    `items` and `saved` are activities as the protocol has them, `removed` the ids of those that are gone at Strava.
    `marks` are the athlete's mark before and after these changes.
    """
    messages: list[Message] = []
    if removed:
        messages.append(ActivitiesRemoved(strava_ids=removed, mark=marks.now))
    if items or not removed:
        messages.append(ActivitiesFound(run_id=run.pk, items=items, mark=marks.now))
    messages += [ActivitySaved(item=item, mark=marks.now) for item in saved]
    await announce(athlete_group(run.athlete_id), messages, marks=marks)


async def announce_end(run: SyncRun) -> None:
    """Announce the end of a run. Call it once for each run, with `on_commit`, in the transaction that ends the run."""
    await announce_run(run, ending_message(run))


def waiting_message(run: SyncRun) -> SyncWaiting:
    """Return the message that a run waits, and until when."""
    reason = cast("WaitReason", str(run.wait_reason))
    return SyncWaiting(run=run.wire(), until=utc_iso(run.wait_until), reason=reason)


def ending_message(run: SyncRun) -> Message:
    """Return the message that says how a run has ended."""
    match run.state:
        case SyncRun.RunState.FINISHED:
            return SyncFinished(run=run.wire())
        case SyncRun.RunState.CANCELLED:
            return SyncCancelled(run=run.wire())
    error = error_of(run.failure_kind)
    return SyncFailed(run=run.wire(), code=error.code, message=error.sentence, next_step=error.next_step)
