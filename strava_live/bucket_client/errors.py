"""The errors of calls to Bucket. All are subclasses of BucketError.

    BucketError
    ├── BucketReconnectNeeded         code or tokens are invalid           never retry; the person connects again
    │   ├── BucketTokenRefused        one access token was refused         retry once with a new one; the client does it
    │   └── BucketWrongToken          it was not an access token           never retry
    ├── BucketScopeMissing            the person did not grant this scope  never retry; the person connects again
    ├── BucketMisconfigured           Bucket refuses this site             never retry; the operator acts
    │   ├── BucketClientRefused       wrong client id or secret
    │   ├── BucketHeaderMissing       a proxy removed our token
    │   ├── BucketHeaderMalformed     a proxy changed our token
    │   └── BucketAddressUnknown      the API's address is wrong
    ├── BucketNotAllowed              another person's, or not there       never retry
    ├── BucketPropertyNotFound        Bucket cannot serve this property    list the properties to see whether it is gone
    ├── BucketRequestRefused          a field is missing or malformed      never retry
    ├── BucketTypeUnknown             there is no such property type       never retry
    ├── BucketRowsRefused             rows that Bucket cannot store        never retry; none of the batch is stored
    │   ├── BucketRowInvalid          found here, before sending: names the row and the dimension
    │   ├── BucketValueMismatch       found by Bucket: names the dimension
    │   └── BucketBodyTooLarge        the request has too many bytes
    ├── BucketRateLimited             too many requests                    retry at `until`, not before
    ├── BucketDown                    no connection, a 5xx, or a timeout   retry later, after `retry_after` at least
    └── BucketAnswerNotUnderstood     an answer we cannot interpret        do not retry at once; later it may succeed
        ├── BucketGarbled             a body that is cut off or not JSON   retry later
        └── BucketAnswerTooLong       more bytes than we accept            ask for less

Bucket has no status 401: it answers 403 for an expired token, for a missing scope, for things of other people and for
things that do not exist. `faults.py` distinguishes them.

`code` names the error for programs, `sentence` and `next_step` are for the person, and `str(error)` is for the log.
None of them ever holds a token.
"""

from datetime import datetime

from strava_live.error_codes import ErrorCode
from strava_live.http.errors import TemporaryError


class BucketError(Exception):
    """Base class. Only its subclasses are raised."""

    code: ErrorCode
    sentence: str
    next_step: str
    retry_after = 0.0
    """Seconds that Bucket asked us to wait; 0 if it named none."""


class BucketReconnectNeeded(BucketError):
    """The tokens are invalid: revoked, expired or replaced. Raised for a bad sign-in code, too."""

    code = ErrorCode.BUCKET_RECONNECT_NEEDED
    sentence = "Bucket no longer lets us in."
    next_step = "Connect Bucket again."


class BucketTokenRefused(BucketReconnectNeeded):
    """An access token is not active. It has expired, or it lacks the scope of the call: Bucket does not say which."""


class BucketWrongToken(BucketReconnectNeeded):
    """A token that was sent is not an access token, but for example a refresh token."""


class BucketScopeMissing(BucketError):
    """A new token was refused, too. So the person has not granted the scope that this call needs."""

    code = ErrorCode.BUCKET_SCOPE_MISSING
    sentence = "You haven't allowed us to do this in your Bucket."
    next_step = "Connect Bucket again and leave everything ticked."

    def __init__(self, detail: str, *, scope: str) -> None:
        super().__init__(detail)
        self.scope = scope


class BucketMisconfigured(BucketError):
    """This site is not set up right for Bucket. Only its operator can change that."""

    code = ErrorCode.BUCKET_MISCONFIGURED
    sentence = "This site isn't set up right for Bucket."
    next_step = "There's nothing you need to do. The person who runs this site has to sort it out."


class BucketClientRefused(BucketMisconfigured):
    """Bucket's sign-in does not know this client id, or the secret is wrong, or the client may not do this."""


class BucketHeaderMissing(BucketMisconfigured):
    """Bucket received no Authorization header: a proxy in between has removed it."""


class BucketHeaderMalformed(BucketMisconfigured):
    """Bucket received an Authorization header without `Bearer`: a proxy in between has changed it."""


class BucketAddressUnknown(BucketMisconfigured):
    """There is no API at this address."""


class BucketNotAllowed(BucketError):
    """The Thing or property does not exist, or belongs to another person: Bucket does not say which."""

    code = ErrorCode.BUCKET_NOT_FOUND
    sentence = "Your Bucket doesn't have this, or doesn't show it to us."
    next_step = "Check whether it's still in your Bucket."


class BucketPropertyNotFound(BucketError):
    """Bucket answered 404 for a property. After a fault of Bucket's database it may still exist."""

    code = ErrorCode.BUCKET_NOT_FOUND
    sentence = "Bucket can't find this property right now."
    next_step = "Try again later, or check whether it's still in your Bucket."


class BucketRequestRefused(BucketError):
    """Bucket answered 400: a field is missing or malformed."""

    code = ErrorCode.BUCKET_BAD_VALUES
    sentence = "Bucket didn't accept this."
    next_step = "Check what you typed, then try again."


class BucketTypeUnknown(BucketError):
    """Bucket has no property type with this id."""

    code = ErrorCode.BUCKET_UNKNOWN_TYPE
    sentence = "Bucket doesn't have this type."
    next_step = "Choose another type."


class BucketRowsRefused(BucketError):
    """Rows that Bucket cannot store. None of the rows that were sent in the same request is stored."""

    code = ErrorCode.BUCKET_BAD_VALUES
    sentence = "Bucket didn't accept these values."
    next_step = "Correct them, then try again."


class BucketRowInvalid(BucketRowsRefused):
    """A row that does not fit its property. It was found before anything was sent."""

    def __init__(self, row: int, problem: str, *, dimension: str = "") -> None:
        """`row` counts from 1. `problem` is the end of a sentence, such as "needs 2 values, and has 3"."""
        self.row, self.problem, self.dimension = row, problem, dimension
        self.sentence = f"Row {row}: {dimension} {problem}." if dimension else f"Row {row} {problem}."
        super().__init__(self.sentence)


class BucketValueMismatch(BucketRowsRefused):
    """Bucket refused a value, because it has the wrong type for its dimension."""

    def __init__(self, detail: str, *, dimension: str) -> None:
        super().__init__(detail)
        self.dimension = dimension
        """The id of the dimension; "" if Bucket named none."""


class BucketBodyTooLarge(BucketRowsRefused):
    """The request has more bytes than Bucket or a proxy accepts."""


class BucketRateLimited(BucketError, TemporaryError):
    """Bucket allows no request before `until`: it has answered 429, or this process has counted enough requests."""

    code = ErrorCode.BUCKET_RATE_LIMIT
    sentence = "We've sent Bucket as much as it accepts for now."
    next_step = "Try again in a minute."

    def __init__(self, until: datetime, *, wait_s: float) -> None:
        super().__init__(f"no request before {until:%Y-%m-%d %H:%M:%S}Z")
        self.until = until
        self.retry_after = wait_s


class BucketDown(BucketError, TemporaryError):
    """Bucket did not answer, answered too slowly, broke off or answered 5xx."""

    code = ErrorCode.BUCKET_DOWN
    sentence = "Bucket isn't answering right now."
    next_step = "Try again later."


class BucketAnswerNotUnderstood(BucketError):
    """An answer that does not fit anything we know of Bucket."""

    code = ErrorCode.BUCKET_DOWN
    sentence = "We couldn't understand Bucket's answer."
    next_step = "Try again later. If it keeps happening, tell the person who runs this site."


class BucketGarbled(BucketAnswerNotUnderstood, TemporaryError):
    """A body that breaks off or is not JSON (a page of a proxy, for example)."""


class BucketAnswerTooLong(BucketAnswerNotUnderstood):
    """The answer has more bytes than we accept. Bucket has no pages, so the only remedy is to ask for less."""

    code = ErrorCode.BUCKET_TOO_MUCH
    sentence = "That's more than we can read from Bucket at once."
    next_step = "Choose fewer days, or keep fewer Things in your Bucket."
