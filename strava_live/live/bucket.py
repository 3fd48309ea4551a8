"""/ws/bucket/: the socket that shows a person how their activities are sent to their Bucket.

The socket starts, stops and shows sendings. Background work executes them, so they continue if the socket closes.
"""

from functools import partial

from django.utils import timezone

from strava_live.broadcast import bucket_group
from strava_live.bucket.messages import message_about, shape_of
from strava_live.bucket.models import Sending
from strava_live.bucket.sendings import CannotSend, start_sending, stop_sending
from strava_live.database import for_readers
from strava_live.error_codes import ErrorCode
from strava_live.formats import utc_iso
from strava_live.live.personal import PersonalSocket
from strava_live.protocol import VERSION, Error
from strava_live.protocol.bucket import (
    BUCKET_COMMANDS,
    BucketCommand,
    BucketDisconnected,
    BucketHello,
    SendingCancel,
    SendingShape,
    SendingStart,
)
from strava_live.write_queue import athlete_key


class BucketSocket(PersonalSocket):
    commands = BUCKET_COMMANDS
    sending_in_table: SendingShape | None = None
    """The person's latest sending, as last read from the database; None if there was none."""

    @property
    def group(self) -> str:
        return bucket_group(self.user.pk)

    async def send_hello(self) -> None:
        latest = await for_readers(Sending.objects.latest_of)(self.user.pk)
        self.sending_in_table = shape_of(latest) if latest else None
        if latest is not None and latest.state not in Sending.LIVE:
            self.last_ended = latest.pk
        now = utc_iso(timezone.now())
        self.send(BucketHello(protocol=VERSION, server_time=now, sending=self.sending_in_table))

    async def catch_up(self) -> None:
        """Send the latest sending: every message shows a sending as a whole, so no earlier one is needed."""
        await self.check_database()

    async def check_database(self) -> None:
        """Send the latest sending if it has changed since it was last read."""
        latest = await for_readers(Sending.objects.latest_of)(self.user.pk)
        shown = shape_of(latest) if latest else None
        if shown == self.sending_in_table:
            return
        self.sending_in_table = shown
        if latest is None:
            self.send(BucketDisconnected())
        elif not self.has_received_end(latest.pk, over=latest.state not in Sending.LIVE):
            self.send(message_about(latest))

    async def handle(self, command: BucketCommand) -> None:
        match command:
            case SendingStart():
                await self.start(command)
            case SendingCancel():
                stopped = await self.write([athlete_key(self.user.pk)], stop_sending, self.user.pk)
                if stopped is None:
                    await self.send_latest()

    async def start(self, command: SendingStart) -> None:
        try:
            await self.write([athlete_key(self.user.pk)], partial(start_sending, self.user.pk))
        except CannotSend as error:
            self.refuse(command, Error(code=error.code, message=str(error)))
            if error.code == ErrorCode.ALREADY_SENDING:
                await self.send_latest()

    async def send_latest(self) -> None:
        """Send the person's latest sending as it is in the database."""
        latest = await for_readers(Sending.objects.latest_of)(self.user.pk)
        if latest is not None:
            self.send(message_about(latest))
