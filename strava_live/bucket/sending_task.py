"""Execute one sending in this process, and write and announce how it has ended."""

import asyncio
import logging
import random
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from strava_live.bucket.changes import ConnectionGone
from strava_live.bucket.failures import ThingRemoved, UnexpectedSendingFailure
from strava_live.bucket.messages import announce_sending
from strava_live.bucket.models import Sending
from strava_live.bucket.outbox import Outbox
from strava_live.bucket.sendings import SendingLost, end_sending, pause_sending, stop_following
from strava_live.bucket.tokens import bucket_token_source
from strava_live.bucket_client.errors import (
    BucketAnswerNotUnderstood,
    BucketAnswerTooLong,
    BucketDown,
    BucketError,
    BucketPropertyNotFound,
    BucketRateLimited,
)
from strava_live.cancellation import finish_even_if_cancelled
from strava_live.database import on_database
from strava_live.leases import Lease

logger = logging.getLogger(__name__)
MOST_SETBACKS = 20
"""The most setbacks in a row: Bucket has not answered, or this site has failed. After one more, the sending fails."""


class SendingTask:
    """The execution of one sending in this process, from a claim to the end of its lease."""

    def __init__(self, sending: Sending, lease: Lease) -> None:
        self.sending = sending
        self.lease = lease
        self.working: asyncio.Task[None] | None = None
        self.stopped_by_user = False

    def stop(self) -> None:
        """Stop sending, because the user has asked for it or this process has lost the sending."""
        self.stopped_by_user = True
        if self.working is not None:
            self.working.cancel()

    async def execute(self) -> None:
        """Send, then write and announce the outcome.

        If this process ends meanwhile, write nothing: another process goes on."""
        working = self.working = asyncio.create_task(self.send())
        if self.stopped_by_user:
            working.cancel()
        try:
            await asyncio.wait([working])
        except asyncio.CancelledError:  # the process is shutting down
            working.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait([working])
            raise
        outcome = asyncio.CancelledError() if working.cancelled() else working.exception()
        await finish_even_if_cancelled(self.write_outcome(outcome))

    async def send(self) -> None:
        await announce_sending(self.sending.connection.user_id, self.sending)
        async with bucket_token_source(self.sending.connection) as tokens:
            await Outbox(self.sending, self.lease, tokens).send_everything()

    async def write_outcome(self, outcome: BaseException | None) -> None:
        match outcome:
            case None:
                await self.end(Sending.SendingState.FINISHED)
            case asyncio.CancelledError() | SendingLost() | ConnectionGone():
                await self.end(Sending.SendingState.CANCELLED)
            case BucketRateLimited():
                await self.pause(outcome.until, Sending.SendingWait.RATE_LIMIT, setbacks=self.sending.setbacks)
            case BucketAnswerTooLong():  # asking again would give the same answer
                await self.end(Sending.SendingState.FAILED, outcome)
            case BucketDown() | BucketAnswerNotUnderstood() | BucketPropertyNotFound():
                await self.back_off(outcome)
            case BucketError():
                if isinstance(outcome, ThingRemoved):
                    await on_database(stop_following)(self.sending.connection)
                await self.end(Sending.SendingState.FAILED, outcome)
            case _:
                logger.error("a sending failed unexpectedly", extra={"sending": self.sending.pk}, exc_info=outcome)
                await self.back_off(UnexpectedSendingFailure("unexpected"))

    async def back_off(self, error: BucketError) -> None:
        """Pause after a setback. The pause doubles with each one in a row. After too many, the sending fails."""
        setbacks = self.sending.setbacks + 1
        if setbacks > MOST_SETBACKS:
            await self.end(Sending.SendingState.FAILED, error)
            return
        longest = min(settings.SYNC_LONGEST_PAUSE_S, settings.SYNC_FIRST_PAUSE_S * 2 ** (setbacks - 1))
        pause = max(random.uniform(longest / 2, longest), error.retry_after)  # noqa: S311 no secret
        until = timezone.now() + timedelta(seconds=pause)
        await self.pause(until, Sending.SendingWait.BUCKET_DOWN, setbacks=setbacks)

    async def pause(self, until: datetime, reason: Sending.SendingWait, *, setbacks: int) -> None:
        """Release the sending until `until`. End it instead if the user wants it stopped."""
        paused = await on_database(pause_sending)(
            self.sending, self.lease, until=until, reason=reason, setbacks=setbacks
        )
        if not paused:
            await self.end(Sending.SendingState.CANCELLED)

    async def end(self, state: Sending.SendingState, error: BucketError | None = None) -> None:
        """End the sending. Do nothing if it was lost: its row is gone, or another process has claimed it."""
        if await on_database(end_sending)(self.sending, self.lease, state=state, error=error):
            details = {"sending": self.sending.pk, "state": str(state), "reason": repr(error)}
            logger.info("a sending has ended", extra=details)
