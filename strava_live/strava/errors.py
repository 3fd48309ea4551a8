"""The errors of calls to Strava. All are subclasses of StravaError.

    StravaError
    ├── ReconnectNeeded    the athlete's tokens are invalid          never retry; the athlete connects again
    │   └── TokenRefused   one access token was refused              retry once with a new token; the client does it
    ├── ScopeMissing       the athlete did not grant this scope      never retry; the athlete connects again
    ├── AppInactive        Strava refuses this application           never retry; the operator acts
    ├── AthleteLimit       too many athletes are connected           never retry; the operator acts
    ├── RateLimited        the budget of calls is spent              retry at `until`, not before
    ├── StravaDown         no connection, a 5xx, or a timeout        retry later, after `retry_after` seconds at least
    ├── Gone               404 for one activity: deleted or hidden   never retry
    └── UnexpectedAnswer   a response we cannot interpret            do not retry at once; later it may succeed
        ├── Garbled        a body that is cut off or not JSON        retry later
        └── NotSubscribed  Strava refuses a webhook subscription     the operator acts

`code` names the error on the site's sockets, `sentence` and `next_step` are for the athlete, and `str(error)` is for
the log. None of them ever holds a token.
"""

from datetime import datetime
from typing import ClassVar

from strava_live.error_codes import ErrorCode
from strava_live.http.errors import TemporaryError


class StravaError(Exception):
    """Base class. Only its subclasses are raised."""

    code: ClassVar[ErrorCode]
    sentence: ClassVar[str]
    next_step: ClassVar[str]
    retry_after = 0.0
    """Seconds that Strava asked us to wait; 0 if it named none."""


class ReconnectNeeded(StravaError):
    """Access and refresh token are both invalid: revoked or replaced. Also raised for a sign-in code that was used."""

    code = ErrorCode.RECONNECT_NEEDED
    sentence = "Strava no longer lets us read your activities."
    next_step = "Connect Strava again."


class TokenRefused(ReconnectNeeded):
    """Strava answered 401 to an access token. If it refuses a new one too, the athlete must reconnect."""


class ScopeMissing(StravaError):
    """The token is valid, but the athlete has not given the permission that this call needs."""

    code = ErrorCode.SCOPE_MISSING
    sentence = "We are not allowed to see your activities on Strava."
    next_step = "Connect Strava again and leave “View data about your activities” ticked."

    def __init__(self, detail: str, *, scope: str) -> None:
        super().__init__(detail)
        self.scope = scope


class AppInactive(StravaError):
    """Strava refuses all calls of this application: it is inactive, or its id or secret is wrong."""

    code = ErrorCode.STRAVA_INACTIVE
    sentence = "Strava has switched this site off for everyone."
    next_step = "There's nothing you need to do. The person who runs this site has to sort it out with Strava."


class AthleteLimit(StravaError):
    """This application has as many connected athletes as Strava allows it."""

    code = ErrorCode.ATHLETE_LIMIT
    sentence = "Strava won't let any more people connect to this site for now."
    next_step = "Ask the person who runs this site to request a higher limit from Strava."


class RateLimited(StravaError):
    """Strava allows no more calls for now: our budget's count says so, or Strava has answered 429."""

    code = ErrorCode.RATE_LIMIT
    sentence = "We've reached Strava's limit for now."
    next_step = "Try again in 15 minutes."

    def __init__(self, until: datetime, *, by_strava: bool = False) -> None:
        super().__init__(f"no call before {until:%Y-%m-%d %H:%M:%S}Z")
        self.until = until
        self.by_strava = by_strava
        """True if Strava answered 429; False if our budget refused the call before it was sent."""


class StravaDown(StravaError, TemporaryError):
    """Strava did not answer, answered too slowly, broke off or answered 5xx."""

    code = ErrorCode.STRAVA_DOWN
    sentence = "Strava isn't answering right now."
    next_step = "Try again later."


class Gone(StravaError):
    """Strava answered 404 for an activity: it was deleted, is hidden from this token, is not ready or never existed."""

    code = ErrorCode.UNKNOWN_ACTIVITY
    sentence = "Strava doesn't have this activity, or doesn't show it to us."
    next_step = "Check whether it's still on Strava."


class UnexpectedAnswer(StravaError):
    """A response or a payload that does not fit anything we know of Strava."""

    code = ErrorCode.STRAVA_DOWN
    sentence = "We couldn't understand Strava's answer."
    next_step = "Try again later. If it keeps happening, tell the person who runs this site."


class Garbled(UnexpectedAnswer, TemporaryError):
    """A body that breaks off, is too long, or is not JSON (an error page of Strava's CDN, for example)."""


class NotSubscribed(UnexpectedAnswer):
    """Strava has not created our webhook subscription."""

    def __init__(self, detail: str, *, reason: str) -> None:
        super().__init__(detail)
        self.reason = reason
        """Strava's code in lower case, such as `already exists` and `not verifiable`."""
