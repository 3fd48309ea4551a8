"""The one table of error codes, for the API, the WebSockets, failed sync runs and the pages' answers as JSON."""

from enum import StrEnum


class ErrorCode(StrEnum):
    """What went wrong, as programs read it: the code that is sent, the HTTP status that goes with it, and its meaning.

    A code keeps its meaning for ever, because clients act on it.
    """

    status: int
    """The HTTP status of an answer with this code. Sockets do not send it."""
    meaning: str

    def __new__(cls, code: str, status: int, meaning: str) -> "ErrorCode":
        member = str.__new__(cls, code)
        member._value_ = code
        member.status = status
        member.meaning = meaning
        return member

    ALREADY_RUNNING = "already_running", 409, "The athlete has an import that is running or still stopping."
    ALREADY_SENDING = (
        "already_sending",
        409,
        "The person has a sending to Bucket that is running or still stopping.",
    )
    ALREADY_THERE = "already_there", 409, "The athlete has a result at this event on this day."
    ATHLETE_LIMIT = "athlete_limit", 503, "Strava lets no more people connect to this site until it raises the limit."
    BAD_DATES = "bad_dates", 422, "A date does not exist, is in the future or too early, or `since` is after `until`."
    BAD_MESSAGE = (
        "bad_message",
        422,
        "The message or the request's body is not JSON, its type is unknown, or a field or parameter is not valid.",
    )
    BAD_NUMBER = "bad_number", 422, "A number in the address is missing or not valid."
    BAD_POST = (
        "bad_post",
        422,
        "The text of a post is empty, or longer than 1,000 characters, or mentions more than 20 members.",
    )
    BAD_REQUEST = "bad_request", 400, "The server does not accept the request, for example because of its Host header."
    BAD_TEXT = "bad_text", 422, "The text of a message is empty, or longer than 2,000 characters."
    BUCKET_BAD_VALUES = "bucket_bad_values", 422, "Bucket cannot store these values, and none of them was stored."
    BUCKET_DOWN = "bucket_down", 503, "Bucket does not answer, or its answer cannot be used."
    BUCKET_MISCONFIGURED = (
        "bucket_misconfigured",
        503,
        "Bucket refuses this whole site. Only the person who runs it can act.",
    )
    BUCKET_NOT_CONNECTED = "bucket_not_connected", 409, "The person has not connected their Bucket."
    BUCKET_NOT_FOUND = (
        "bucket_not_found",
        404,
        "The person's Bucket has no such thing or property, or does not show it.",
    )
    BUCKET_RATE_LIMIT = "bucket_rate_limit", 503, "The site has made all the requests that Bucket allows for now."
    BUCKET_RECONNECT_NEEDED = (
        "bucket_reconnect_needed",
        409,
        "Bucket no longer accepts the person's connection: connect it again.",
    )
    BUCKET_SCOPE_MISSING = (
        "bucket_scope_missing",
        409,
        "The person has not allowed this site to do this in their Bucket.",
    )
    BUCKET_TOO_MUCH = "bucket_too_much", 422, "The range has more values than the site reads from Bucket at once."
    BUCKET_UNKNOWN_TYPE = "bucket_unknown_type", 422, "Bucket has no such type of property."
    CANNOT_WRITE = "cannot_write", 403, "The person cannot send messages to the other person at the moment."
    CSRF_FAILED = "csrf_failed", 403, "A write that is signed in by a cookie needs the CSRF token and the right origin."
    KEY_REUSED = "key_reused", 422, "This Idempotency-Key was used before, with another body."
    METHOD_NOT_ALLOWED = "method_not_allowed", 405, "This address has no such method. `Allow` names those it has."
    NO_SCREEN = "no_screen", 404, "There is no screen with this key, or its key was revoked."
    NOT_CONNECTED = "not_connected", 409, "The athlete has not connected Strava."
    NOT_ALLOWED = "not_allowed", 403, "The person may see this, and may not change it."
    NOT_FOUND = "not_found", 404, "There is no such address or thing, or the person may not know that there is."
    NOT_SIGNED_IN = "not_signed_in", 401, "The request has no token and no session, or one that is not valid any more."
    NOT_YOURS = "not_yours", 403, "Only the author of a post may edit it."
    POST_HIDDEN = (
        "post_hidden",
        409,
        "A captain has hidden the post, so it cannot be edited, answered, cheered for or reported.",
    )
    RATE_LIMIT = "rate_limit", 503, "The site has made all the calls that Strava allows for now."
    RECONNECT_NEEDED = "reconnect_needed", 409, "Strava no longer accepts the athlete's connection: connect it again."
    REQUEST_TIMEOUT = "request_timeout", 408, "The request did not arrive completely in time."
    SCOPE_MISSING = "scope_missing", 409, "The athlete has not allowed this site to see their activities on Strava."
    SERVER_ERROR = (
        "server_error",
        500,
        "The site has a fault. It is logged, with the number in the message.",
    )
    STRAVA_DOWN = "strava_down", 503, "Strava does not answer, or its answer cannot be used."
    STRAVA_INACTIVE = "strava_inactive", 503, "Strava refuses this whole site. Only the person who runs it can act."
    TOO_LARGE = "too_large", 413, "The request is larger than the site accepts."
    TOO_LATE = "too_late", 409, "A post can be edited for 15 minutes after it was written."
    TOO_MANY_REQUESTS = "too_many_requests", 429, "Too many requests in a short time: wait, then try again."
    TRY_AGAIN = "try_again", 503, "The site is busy, and nothing has changed: send the same again in a moment."
    UNKNOWN_ACTIVITY = "unknown_activity", 404, "The athlete has no such activity, here or on Strava."
    UNKNOWN_ENTRY = "unknown_entry", 404, "The club has no such entry, or the entry was removed."
    UNKNOWN_RESULT = "unknown_result", 404, "The athlete has no such parkrun."
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type", 415, "The body's Content-Type is not application/json."
    WRONG_SCOPE = "wrong_scope", 403, "The token may only read, and the request writes."
