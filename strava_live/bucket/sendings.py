"""Change the row of a sending: start it, ask it to stop, pause it, end it, record its progress.

A sending is one pass that brings a user's Bucket up to date. Its lease says which process executes it, and until when.
"""

import math
from datetime import datetime
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.db import IntegrityError, transaction
from django.utils import timezone

from strava_live.broadcast import announce_work_after_commit
from strava_live.bucket.failures import kind_of
from strava_live.bucket.messages import announce_sending
from strava_live.bucket.models import BucketConnection, Sending, SendingQuerySet
from strava_live.bucket_client.errors import BucketError
from strava_live.error_codes import ErrorCode
from strava_live.formats import quantity
from strava_live.leaky_bucket import Rate
from strava_live.leases import Lease
from strava_live.rate_limits import TooManyRequests, limit

ASKED_SENDINGS = Rate(10, 300)
"""How many sendings a user may start: 10 at once, then one every 30 seconds. Each makes about ten calls."""


class CannotSend(Exception):
    """No sending was started. The message is a sentence for the user, `code` an error code of the socket protocol."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class SendingLost(Exception):
    """This process must not continue a sending: it was claimed by another process, cancelled or deleted."""


def start_sending(user_id: int, *, reason: Sending.SendingReason = Sending.SendingReason.ASKED) -> Sending:
    """Create a sending for any process to claim, and return it.

    Raise CannotSend if the user has a live sending or has started too many, or if their connection cannot be used.
    """
    connection = ready_connection(user_id)
    if reason == Sending.SendingReason.ASKED and not Sending.objects.of(user_id).live().exists():
        limit_asked_sendings(user_id)
    waiting = {"state": Sending.SendingState.WAITING, "wait_reason": Sending.SendingWait.BUSY}
    try:
        with transaction.atomic():
            sending = Sending.objects.create(connection=connection, reason=reason, **waiting)
            announce_after_commit(sending)
            announce_work_after_commit()
    except IntegrityError:
        live = Sending.objects.of(user_id).live().first()
        if live is None:
            raise CannotSend(ErrorCode.BUCKET_NOT_CONNECTED, "Connect your Bucket first.") from None
        if live.cancel_asked:
            raise CannotSend(
                ErrorCode.ALREADY_SENDING, "The last sending is still stopping. Try again in a moment."
            ) from None
        raise CannotSend(ErrorCode.ALREADY_SENDING, "Your activities are being sent already.") from None
    return sending


def limit_asked_sendings(user_id: int) -> None:
    """Count a sending that the user starts. Raise CannotSend over the rate."""
    try:
        limit("sendings", user_id, ASKED_SENDINGS)
    except TooManyRequests as refused:
        wait = quantity(math.ceil(refused.wait_s), "second", "seconds")
        raise CannotSend(
            ErrorCode.TOO_MANY_REQUESTS, f"You've sent many times in a row. Try again in {wait}."
        ) from None


def ready_connection(user_id: int) -> BucketConnection:
    """Return the user's connection. Raise CannotSend if it cannot be used."""
    connection = BucketConnection.objects.filter(user_id=user_id).first()
    if connection is None:
        raise CannotSend(ErrorCode.BUCKET_NOT_CONNECTED, "Connect your Bucket first.")
    if connection.trouble:
        raise CannotSend(ErrorCode.BUCKET_RECONNECT_NEEDED, "Bucket no longer lets us in. Connect it again.")
    if not connection.tokens_can_be_decrypted:
        raise CannotSend(
            ErrorCode.BUCKET_RECONNECT_NEEDED, "This site can no longer read its key to your Bucket. Connect it again."
        )
    return connection


def stop_sending(user_id: int) -> Sending | None:
    """Ask the user's live sending to stop, and return it. Return None if there is none.

    A sending without a lease ends in this call. Otherwise the process that executes it ends it within seconds.
    """
    live = Sending.objects.of(user_id).live().first()
    if live is None:
        return None
    Sending.objects.live().filter(pk=live.pk).update(cancel_asked=True)
    end_if_unclaimed(live)
    live.refresh_from_db()
    return live


def end_if_unclaimed(sending: Sending) -> None:
    """End a sending that is to be stopped and that no process executes."""
    now = timezone.now()
    changes = {"state": Sending.SendingState.CANCELLED, "ended_at": now, "wait_until": None, "wait_reason": ""}
    with transaction.atomic():
        unclaimed = Sending.lease.free(Sending.objects.live().filter(pk=sending.pk, cancel_asked=True), now=now)
        if unclaimed.update(**Sending.lease.cleared, **changes):
            sending.refresh_from_db()
            announce_after_commit(sending)


def is_to_be_stopped(sending: Sending, lease: Lease) -> bool:
    """Return True if the user wants the sending stopped, or if this process has lost it."""
    return not Sending.objects.leased_by(lease.owner).filter(pk=sending.pk, cancel_asked=False).exists()


def record_progress(sending: Sending, lease: Lease, **counts: int) -> None:
    """Record how far the sending has got. Raise SendingLost if it is to be stopped, or if this process has lost it."""
    rows = Sending.objects.leased_by(lease.owner).filter(pk=sending.pk, cancel_asked=False)
    if not rows.update(**counts):
        raise SendingLost
    for name, value in counts.items():
        setattr(sending, name, value)


def pause_sending(
    sending: Sending, lease: Lease, *, until: datetime, reason: Sending.SendingWait, setbacks: int
) -> bool:
    """Release the sending, so that a process claims it again after `until`.

    Return False, and change nothing, if the lease was lost or the user wants the sending stopped.
    """
    waiting = {"state": Sending.SendingState.WAITING, "wait_until": until, "wait_reason": reason, "setbacks": setbacks}
    return release(sending, lease, Sending.objects.filter(cancel_asked=False), **waiting)


def end_sending(
    sending: Sending, lease: Lease, *, state: Sending.SendingState, error: BucketError | None = None
) -> bool:
    """End the sending, and announce the end after the commit. Return False if the lease was lost."""
    ended = {"state": state, "ended_at": timezone.now(), "failure_kind": kind_of(error) if error else ""}
    return release(sending, lease, Sending.objects.all(), **ended)


def release(sending: Sending, lease: Lease, among: SendingQuerySet, **changes: Any) -> bool:
    """End the lease of the sending, write `changes` to its row and to `sending`, and announce them after the commit.

    Return False, and change nothing, if the lease was lost or the queryset `among` does not contain the sending.
    """
    with transaction.atomic():
        if not Sending.lease.release(among.filter(pk=sending.pk), lease.owner, **changes):
            return False
        for name, value in {**changes, **Sending.lease.cleared}.items():
            setattr(sending, name, value)
        announce_after_commit(sending)
    return True


def stop_following(connection: BucketConnection) -> None:
    """Stop sending changes automatically."""
    BucketConnection.objects.filter(pk=connection.pk).update(follows=False)


def announce_after_commit(sending: Sending) -> None:
    transaction.on_commit(partial(async_to_sync(announce_sending), sending.connection.user_id, sending))
