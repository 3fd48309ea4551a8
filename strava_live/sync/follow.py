"""Following one run to its end, its next wait, or its loss: fetch, sift, keep, tell."""

import asyncio
import logging
import random
import time
from collections.abc import Coroutine
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from strava_live.accounts.strava_app import strava
from strava_live.accounts.tokens import bearer_of
from strava_live.broadcast import announce, athlete_group
from strava_live.database import on_database
from strava_live.protocol import (
    ActivitiesFound,
    ActivitySaved,
    Message,
    SyncCancelled,
    SyncFailed,
    SyncFinished,
    SyncProgress,
    SyncStarted,
    SyncWaiting,
)
from strava_live.strava.errors import NotUnderstood, RateLimited, StravaDown, StravaError
from strava_live.strava.limits import Lane
from strava_live.sync.keep import Kept, keep_chunk
from strava_live.sync.models import SyncRun, utc_text
from strava_live.sync.pipeline import Chunk, Place, chunks, place_of
from strava_live.sync.runs import Lease, LeaseLost, end_run, let_wait, note_place
from strava_live.sync.watching import is_watched

logger = logging.getLogger(__name__)

CALLS_IN_A_PERSONS_LANE = 10
PROGRESS_EVERY_S = 0.3
MOST_SETBACKS = 20


class Stumbled(StravaError):
    """Something on our side; tried again like a Strava that is down."""

    code = "strava_down"
    sentence = "Something went wrong here while your Strava was being read."
    next_step = "Try again later; if it stays like this, tell whoever runs this site."


class Following:
    """One run in the hands of this process."""

    def __init__(self, run: SyncRun, lease: Lease) -> None:
        self.run = run
        self.lease = lease
        self.before = Place(None, run.pages, run.requests, run.skipped)
        self.stopped_by_athlete = False
        self.told_at = 0.0

    async def go(self) -> None:
        """However it ends, the run's row says so and its athlete is told. Raises nothing but a cancellation."""
        try:
            await self.read()
            await self.end(SyncRun.State.FINISHED)
        except asyncio.CancelledError:
            if not self.stopped_by_athlete:
                raise
            await self.end(SyncRun.State.CANCELLED)
        except LeaseLost:
            await self.end(SyncRun.State.CANCELLED)
        except RateLimited as error:
            await self.wait(error.until, SyncRun.Wait.RATE_LIMIT, setbacks=self.run.setbacks)
        except (StravaDown, NotUnderstood) as error:
            await self.stand_back(error)
        except StravaError as error:
            await self.end(SyncRun.State.FAILED, error)
        except Exception:
            logger.exception("following a run failed", extra={"run": self.run.pk})
            await self.stand_back(Stumbled("unexpected"))

    async def read(self) -> None:
        await self.tell(SyncStarted(run=self.run.wire()))
        async with bearer_of(self.run.strava_id) as bearer:
            before = self.run.reached or self.run.before
            walk = strava().activities(bearer, lane=await self.lane(), before=before, after=self.run.after)
            async with aclosing(chunks(walk)) as read:
                async for chunk in read:
                    await whole(self.keep(chunk))
                    await self.tell_progress()
                    walk.lane = await self.lane()
        await on_database(note_place)(self.run, self.lease, self.in_all(place_of(walk)))

    async def keep(self, chunk: Chunk) -> None:
        kept = await on_database(keep_chunk)(self.run, self.lease, chunk.activities, self.in_all(chunk.place))
        await announce(athlete_group(self.run.athlete_id), told_of(self.run, kept), marks=kept.marks)

    def in_all(self, place: Place) -> Place:
        """A walk counts from where it began; a run counts all its walks."""
        before = self.before
        return Place(
            place.reached, before.pages + place.pages, before.requests + place.requests, before.skipped + place.skipped
        )

    async def lane(self) -> Lane:
        """A person waits for the first calls of what a socket shows; after that others go first."""
        if self.run.reason == SyncRun.Reason.ROUTINE:
            return Lane.ROUTINE
        early = self.run.reason == SyncRun.Reason.ASKED and self.run.requests < CALLS_IN_A_PERSONS_LANE
        return Lane.PERSON if early and await is_watched(self.run.athlete_id) else Lane.WEBHOOK

    async def stand_back(self, error: StravaError) -> None:
        """Strava is down: again and again, longer and longer, until it is plain that it will not come back."""
        setbacks = self.run.setbacks + 1
        if setbacks > MOST_SETBACKS:
            await self.end(SyncRun.State.FAILED, error)
            return
        longest = min(settings.SYNC_LONGEST_PAUSE_S, settings.SYNC_FIRST_PAUSE_S * 2 ** (setbacks - 1))
        pause = timedelta(seconds=random.uniform(longest / 2, longest))  # noqa: S311 no secret
        await self.wait(timezone.now() + pause, SyncRun.Wait.STRAVA_DOWN, setbacks=setbacks)

    async def wait(self, until: datetime, reason: SyncRun.Wait, *, setbacks: int) -> None:
        if await on_database(let_wait)(self.run, self.lease, until=until, reason=reason, setbacks=setbacks):
            await self.tell(SyncWaiting(run=self.run.wire(), until=utc_text(until), reason=str(reason)))

    async def end(self, state: SyncRun.State, error: StravaError | None = None) -> None:
        """Says nothing when the run is somebody else's by now: they will say it."""
        if await on_database(end_run)(self.run, self.lease, state=state, error=error):
            logger.info("a run has ended", extra={"run": self.run.pk, "state": str(state), "reason": repr(error)})
            await self.tell(ended(self.run))

    async def tell_progress(self) -> None:
        if time.monotonic() - self.told_at > PROGRESS_EVERY_S:
            self.told_at = time.monotonic()
            await self.tell(SyncProgress(run=self.run.wire()))

    async def tell(self, *messages: Message) -> None:
        await announce(athlete_group(self.run.athlete_id), messages)


async def whole(work: Coroutine[Any, Any, None]) -> None:
    """What has been begun is done and told before a cancellation goes on: the commit cannot be taken back."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise


def told_of(run: SyncRun, kept: Kept) -> list[Message]:
    """What was found, and of that what was saved by itself."""
    found = ActivitiesFound(run_id=run.pk, items=kept.items, mark=kept.marks.now)
    return [found, *(ActivitySaved(item=item, mark=kept.marks.now) for item in kept.saved)]


def ended(run: SyncRun) -> Message:
    """The last word on a run."""
    match run.state:
        case SyncRun.State.FINISHED:
            return SyncFinished(run=run.wire())
        case SyncRun.State.CANCELLED:
            return SyncCancelled(run=run.wire())
    return SyncFailed(run=run.wire(), code=run.error_code, message=run.error_message, next_step=run.next_step)
