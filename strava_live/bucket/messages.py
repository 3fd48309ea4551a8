"""Announce to a user's sockets how far a sending has got, and build the `sending` of the wire protocol."""

from typing import cast

from strava_live.broadcast import AboutRun, announce, bucket_group
from strava_live.bucket.failures import error_of
from strava_live.bucket.models import Sending
from strava_live.bucket.wording import progress_sentence, state_sentence
from strava_live.formats import utc_iso
from strava_live.protocol import FailureShape, Message, RunState
from strava_live.protocol.bucket import (
    BucketDisconnected,
    SendingCancelled,
    SendingFailed,
    SendingFinished,
    SendingProgress,
    SendingReason,
    SendingShape,
    SendingWaiting,
    SendingWaitReason,
    SendingWaitShape,
)


def shape_of(sending: Sending) -> SendingShape:
    return {
        "id": sending.pk,
        "state": cast("RunState", str(sending.state)),
        "reason": cast("SendingReason", str(sending.reason)),
        "total": sending.total,
        "sent": sending.sent,
        "unchanged": sending.unchanged,
        "deleted": sending.deleted,
        "checked": sending.checked,
        "missing": sending.missing,
        "started_at": utc_iso(sending.started_at),
        "ended_at": utc_iso(sending.ended_at),
        "waiting": waiting_of(sending),
        "failure": failure_of(sending),
        "says": state_sentence(sending),
        "progress": progress_sentence(sending),
    }


def waiting_of(sending: Sending) -> SendingWaitShape | None:
    if sending.state != Sending.SendingState.WAITING:
        return None
    reason = cast("SendingWaitReason", str(sending.wait_reason or Sending.SendingWait.BUSY))
    return {"until": utc_iso(sending.wait_until), "reason": reason}


def failure_of(sending: Sending) -> FailureShape | None:
    if sending.state != Sending.SendingState.FAILED:
        return None
    error = error_of(sending.failure_kind)
    return {"code": error.code, "message": error.sentence, "next_step": error.next_step}


def message_about(sending: Sending) -> Message:
    """Return the message that shows the sending as it is."""
    shape = shape_of(sending)
    match sending.state:
        case Sending.SendingState.WAITING:
            return SendingWaiting(sending=shape)
        case Sending.SendingState.FINISHED:
            return SendingFinished(sending=shape)
        case Sending.SendingState.CANCELLED:
            return SendingCancelled(sending=shape)
        case Sending.SendingState.FAILED:
            return SendingFailed(sending=shape)
    return SendingProgress(sending=shape)


async def announce_sending(user_id: int, sending: Sending) -> None:
    """Announce the user's sending as it is, with its id and whether it has ended.

    A message may arrive after the message about the end. A socket that has sent the end drops such a message.
    """
    about = AboutRun(sending.pk, over=sending.state not in Sending.LIVE)
    await announce(bucket_group(user_id), [message_about(sending)], about=about)


async def announce_disconnected(user_id: int) -> None:
    await announce(bucket_group(user_id), [BucketDisconnected()])
