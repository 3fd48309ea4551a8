"""The sentences about a sending that the page of the Bucket shows."""

from strava_live.bucket.models import Sending
from strava_live.formats import quantity

WAITING = {
    Sending.SendingWait.RATE_LIMIT: "Bucket's limit reached. The sending carries on by itself.",
    Sending.SendingWait.BUCKET_DOWN: "Bucket isn't answering. We keep trying.",
    Sending.SendingWait.BUSY: "The sending starts as soon as there's room.",
}


def state_sentence(sending: Sending) -> str:
    match sending.state:
        case Sending.SendingState.RUNNING:
            return "Sending your activities."
        case Sending.SendingState.WAITING:
            return WAITING[Sending.SendingWait(sending.wait_reason or "busy")]
        case Sending.SendingState.FINISHED:
            return finished_sentence(sending)
        case Sending.SendingState.CANCELLED:
            return "Stopped. What your Bucket has taken stays there."
    return "The sending stopped."


def finished_sentence(sending: Sending) -> str:
    if sending.missing:
        activities = quantity(sending.missing, "activity", "activities")
        return f"Sent, but {activities} did not arrive although Bucket said so. Send again to try once more."
    if sending.sent or sending.deleted:
        return "All done: your Bucket is up to date."
    return "Nothing had changed: your Bucket is up to date."


def progress_sentence(sending: Sending) -> str:
    """Return for example "1,200 of 3,000 activities sent, 2 deleted there."."""
    done = sending.sent + sending.unchanged
    total = max(done, sending.total - sending.deleted)
    words = f"{done:,} of {quantity(total, 'activity', 'activities')} sent"
    if sending.unchanged:
        words += f" ({sending.unchanged:,} unchanged)"
    if sending.deleted:
        words += f", {sending.deleted:,} deleted there"
    return f"{words}."
