"""Why a sending has failed. Its row stores the kind of the error; the sentences are built when they are shown."""

from strava_live.bucket_client.errors import (
    BucketAnswerNotUnderstood,
    BucketAnswerTooLong,
    BucketDown,
    BucketError,
    BucketMisconfigured,
    BucketNotAllowed,
    BucketPropertyNotFound,
    BucketReconnectNeeded,
    BucketRequestRefused,
    BucketRowsRefused,
    BucketScopeMissing,
    BucketTypeUnknown,
)
from strava_live.error_codes import ErrorCode


class UnexpectedSendingFailure(BucketError):
    """An error of this site, not of Bucket. The sending is paused and tried again, as if Bucket had not answered."""

    code = ErrorCode.BUCKET_DOWN
    sentence = "Something went wrong here while we were sending your activities."
    next_step = "Try again later. If it keeps happening, tell the person who runs this site."


class ThingRemoved(BucketError):
    """The Thing was deleted at Bucket. A sending that the user has not asked for does not make it again."""

    code = ErrorCode.BUCKET_NOT_FOUND
    sentence = "Your activities were deleted in your Bucket, so we have stopped sending new ones."
    next_step = "Press “Send now” to send them all again."


KINDS: dict[str, type[BucketError]] = {
    "reconnect_needed": BucketReconnectNeeded,
    "scope_missing": BucketScopeMissing,
    "misconfigured": BucketMisconfigured,
    "thing_removed": ThingRemoved,
    "not_allowed": BucketNotAllowed,
    "property_not_found": BucketPropertyNotFound,
    "request_refused": BucketRequestRefused,
    "rows_refused": BucketRowsRefused,
    "type_unknown": BucketTypeUnknown,
    "too_much": BucketAnswerTooLong,
    "not_understood": BucketAnswerNotUnderstood,
    "unexpected_failure": UnexpectedSendingFailure,
    "bucket_down": BucketDown,
}
"""The names under which sendings store errors. Keep them: rows in the table have them. A subclass stands before its
parent, because `kind_of` takes the first that fits."""


def kind_of(error: BucketError) -> str:
    return next((kind for kind, errors in KINDS.items() if isinstance(error, errors)), "unexpected_failure")


def error_of(kind: str) -> type[BucketError]:
    return KINDS.get(kind, UnexpectedSendingFailure)
