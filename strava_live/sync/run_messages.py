"""What the sockets of an athlete hear of a run: its progress while it is live, and its end once."""

from strava_live.broadcast import About, announce, athlete_group
from strava_live.protocol import Message, SyncCancelled, SyncFailed, SyncFinished
from strava_live.sync.models import SyncRun


async def announce_run(run: SyncRun, message: Message) -> None:
    """Say with the message which run it is about, so that a socket can drop what is out of date."""
    await announce(athlete_group(run.athlete_id), [message], about=About(run.pk, over=run.state not in SyncRun.LIVE))


async def announce_end(run: SyncRun) -> None:
    """Announce the end of a run. Only for the transaction that has ended it, once that is committed."""
    await announce_run(run, ended(run))


def ended(run: SyncRun) -> Message:
    """Return the last message about a run."""
    match run.state:
        case SyncRun.State.FINISHED:
            return SyncFinished(run=run.wire())
        case SyncRun.State.CANCELLED:
            return SyncCancelled(run=run.wire())
    return SyncFailed(run=run.wire(), code=run.error_code, message=run.error_message, next_step=run.next_step)
