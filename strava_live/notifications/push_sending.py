"""Send what is due in the outbox of browser push: to several people at once, to each person one after the other.

A row's lease says which process sends it, and until when. A process that is killed renews nothing, so another process
claims its rows once the leases have ended. A row is written as sent after its devices have got it. So a notification is
never lost, and only the one that a person was being sent at that moment can be sent to them twice. The second one
replaces the first on the device, because both have the same tag.
"""

import asyncio
import logging
import time
import uuid
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.utils import timezone

from strava_live.accounts.encryption import digest_of
from strava_live.broadcast import announce_work
from strava_live.cancellation import finish_even_if_cancelled
from strava_live.database import on_database
from strava_live.leases import Lease
from strava_live.notifications.open_pages import has_page_open
from strava_live.notifications.push_app import push_client
from strava_live.notifications.push_claims import ForPerson, PushDevice, claim_pushes
from strava_live.notifications.push_messages import closing_message, shown_message
from strava_live.notifications.push_models import OutgoingPush
from strava_live.notifications.push_records import (
    OK_NOTED_EVERY,
    Attempt,
    put_off_without_try,
    record_and_look,
    release_pushes,
)
from strava_live.push_client.client import PushClient
from strava_live.push_client.endpoints import host_of, must_show_every_message
from strava_live.push_client.errors import (
    PushAddressRefused,
    PushDown,
    PushError,
    PushGone,
    PushKeyRefused,
    PushKeysInvalid,
    PushUnavailable,
)
from strava_live.push_client.subscription import PushMessage

logger = logging.getLogger(__name__)
PEOPLE_AT_ONCE = 20
"""To how many people a process sends at the same time."""
REQUESTS_AT_ONCE = 30
"""How many requests a process sends at once. Strava and Bucket are called with connections of the same pool."""
GATHER_S = 0.02
"""How long the sender waits after the bell or the end of a task, so that one claim serves several people."""
FINISHES_WITHIN_S = 4.0
"""How long an ending process waits for the requests that are under way."""
UNUSABLE = (PushGone, PushKeyRefused, PushKeysInvalid, PushAddressRefused)
"""The errors after which nothing is sent to a subscription any more. A browser that is still there subscribes again."""


class Rests:
    """Which push services are left alone for a while, because they do not answer and would hold up other messages.

    Kept in the memory of this process.
    """

    FAILURES = 5
    """How many requests in a row must go unanswered before a service is left alone."""

    def __init__(self) -> None:
        self.failures: dict[str, int] = {}
        self.until: dict[str, float] = {}

    def left_s(self, host: str) -> float:
        """Return for how many more seconds the host is left alone; 0 if it is not."""
        return max(0.0, self.until.get(host, 0.0) - time.monotonic())

    def note(self, host: str, error: PushError | None) -> None:
        if not isinstance(error, PushDown):
            self.failures.pop(host, None)
            return
        self.failures[host] = self.failures.get(host, 0) + 1
        if self.failures[host] >= self.FAILURES:
            self.until[host] = time.monotonic() + settings.PUSH_RETRY_S


class PushSender:
    """Claims rows of the outbox for this process, and sends them."""

    def __init__(self) -> None:
        self.lease = Lease(uuid.uuid4().hex, timedelta(seconds=settings.PUSH_LEASE_S))
        self.tasks: dict[int, asyncio.Task[None]] = {}
        """The running tasks, by the id of the person."""
        self.bell = asyncio.Event()
        self.requests = asyncio.Semaphore(REQUESTS_AT_ONCE)
        self.rests = Rests()
        self.stopping = False

    def look_now(self) -> None:
        """Claim due rows now instead of WORK_INTERVAL_S after the last claim."""
        self.bell.set()

    async def serve(self) -> None:
        """Claim and send until cancelled. Then finish what is under way, and release the rest."""
        try:
            while True:
                self.bell.clear()
                await finish_even_if_cancelled(self.claim_and_send())
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.bell.wait(), settings.WORK_INTERVAL_S)
                await asyncio.sleep(GATHER_S)
        finally:
            await finish_even_if_cancelled(self.finish())

    async def claim_and_send(self) -> None:
        """Claim rows, and send those of each person in a task of its own."""
        free = PEOPLE_AT_ONCE - len(self.tasks)
        client = push_client()
        if client is None or free <= 0:
            return
        try:
            claim = on_database(claim_pushes)
            claimed = await claim(self.lease, people=free, busy=list(self.tasks), now=timezone.now())
        except DatabaseFailure as error:
            logger.warning("pushes could not be claimed", extra={"reason": repr(error)})
            return
        for person in claimed:
            self.tasks[person.user_id] = asyncio.create_task(self.send_to(person, client))

    async def send_to(self, person: ForPerson, client: PushClient) -> None:
        try:
            await self.send_in_order(person, client)
        except DatabaseFailure as error:  # the leases end by themselves
            logger.warning("a push was not written as sent", extra={"reason": repr(error)})
        except Exception:
            logger.exception("sending pushes failed")
        finally:
            self.tasks.pop(person.user_id, None)
            self.look_now()  # others may wait for the free place

    async def send_in_order(self, person: ForPerson, client: PushClient) -> None:
        """Send the rows of a person. Stop at one that a push service cannot accept now, and put off those after it."""
        look = on_database(record_and_look)
        # claim_pushes has just checked the first row, but not whether the person has a page open.
        is_ready = not await asyncio.to_thread(has_page_open, person.user_id)
        if not is_ready:
            is_ready = await look(None, None, person.pushes[0], self.lease, now=timezone.now())
        for number, push in enumerate(person.pushes, start=1):
            attempt = await self.attempt(push, person, client) if is_ready else None
            stops = self.stopping or (attempt is not None and attempt.is_put_off)
            following = None if stops or number == len(person.pushes) else person.pushes[number]
            is_ready = await look(push, attempt, following, self.lease, now=timezone.now())
            if stops:
                await self.release(person.pushes[number:])
                return

    async def attempt(self, push: OutgoingPush, person: ForPerson, client: PushClient) -> Attempt:
        """Send one row to all devices of its person."""
        attempt = Attempt()
        message = self.message_for(push, person)
        devices = devices_for(push, person.devices)
        await asyncio.gather(*(self.send_to_device(device, message, client, attempt) for device in devices))
        return attempt

    def message_for(self, push: OutgoingPush, person: ForPerson) -> PushMessage:
        if push.notification is None or push.state == OutgoingPush.PushState.CLOSING:
            return closing_message(push)
        return shown_message(push, push.notification.kind, person.sentences.get(push.notification.pk))

    async def send_to_device(
        self, device: PushDevice, message: PushMessage, client: PushClient, attempt: Attempt
    ) -> None:
        """Send the message, and note the outcome in `attempt`."""
        host = host_of(device.target.endpoint)
        error: PushError | None = None
        try:
            async with self.requests:
                if rest_s := self.rests.left_s(host):
                    attempt.rests.append(rest_s)
                    return
                await client.send(device.target, message)
            attempt.accepted.append(device.subscription_id)
            if device.last_ok_at is None or timezone.now() - device.last_ok_at > OK_NOTED_EVERY:
                attempt.newly_ok.append(device.subscription_id)
                device.last_ok_at = timezone.now()
        except UNUSABLE as unusable:
            error = unusable
            attempt.gone.append(digest_of(device.target.endpoint))
        except PushUnavailable as unavailable:
            error = unavailable
            attempt.pauses.append(unavailable.retry_after)
        except PushError as refused:
            error = refused
            attempt.refused.append(device.subscription_id)
        except Exception:
            logger.exception("a message to a device failed")
            attempt.refused.append(device.subscription_id)  # the same would happen at every further try
        self.rests.note(host, error)
        if error is not None:
            details = {"service": host, "error": type(error).__name__, "reason": str(error)}
            logger.info("a push service did not accept a message", extra=details)

    async def release(self, pushes: list[OutgoingPush]) -> None:
        """Release the rows after the last one tried: due now if the process stops, else after a pause.

        Without the pause, each of them would wait for the same push service.
        """
        if pushes:
            pause = 0.0 if self.stopping else settings.PUSH_RETRY_S
            until = timezone.now() + timedelta(seconds=pause)
            await on_database(put_off_without_try)(pushes, self.lease, until=until)

    async def finish(self) -> None:
        """Let requests under way end, so that their outcome is written, and release the rows that were not sent."""
        self.stopping = True
        if self.tasks:
            await asyncio.wait(list(self.tasks.values()), timeout=FINISHES_WITHIN_S)
        for task in list(self.tasks.values()):
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        try:
            if await on_database(release_pushes)(self.lease):
                await announce_work()
        except DatabaseFailure as error:
            logger.warning("leases of pushes were not released", extra={"reason": repr(error)})


def devices_for(push: OutgoingPush, devices: list[PushDevice]) -> list[PushDevice]:
    """Return the devices that are to get a row: those that have not got it, or that may show what is to be closed."""
    left = [device for device in devices if device.subscription_id not in push.sent_to]
    if push.state != OutgoingPush.PushState.CLOSING:
        return left
    # Safari withdraws the subscription of a site whose message shows nothing.
    return [
        device
        for device in left
        if device.subscription_id in push.shown_on and not must_show_every_message(host_of(device.target.endpoint))
    ]
