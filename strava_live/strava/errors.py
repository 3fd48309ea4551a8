"""What can go wrong between this site and Strava, as far as anyone above has to tell one thing from another.

    StravaError
    ├── ReconnectNeeded    the athlete's tokens are dead             a retry never helps; the athlete connects again
    │   └── TokenRefused   one access token was not accepted         once, with a fresh token; the client does it
    ├── ScopeMissing       the athlete unticked what this call needs a retry never helps; the athlete connects again
    ├── AppInactive        Strava refuses this site as such          a retry never helps; the operator acts
    ├── AthleteLimit       Strava lets no more athletes connect      a retry never helps; the operator acts
    ├── RateLimited        the budget of calls is spent              at `until`, not before
    ├── StravaDown         no connection, 5xx, silence               later, after `retry_after` seconds at least
    ├── Gone               404 for one activity: deleted or hidden   a retry never helps
    └── UnexpectedAnswer   an answer that makes no sense             an immediate retry never helps, a later one may
        └── Garbled        a body that is cut off or not JSON        later

`code` is the word for it in the site's own messages, `sentence` and `next_step` are for the athlete, `str(error)` is
for the log. None of them ever holds a token.
"""

from datetime import datetime
from typing import ClassVar


class StravaError(Exception):
    """A call to Strava that was not answered as hoped. Only its subclasses are raised."""

    code: ClassVar[str]
    sentence: ClassVar[str]
    next_step: ClassVar[str]
    retry_after = 0.0
    """Seconds that Strava asked us to wait; 0 where it named none."""


class ReconnectNeeded(StravaError):
    """Neither the access token nor the refresh token is good any more: revoked, rotated away, or a code used twice."""

    code = "reconnect_needed"
    sentence = "Strava no longer lets us read your activities."
    next_step = "Connect Strava again."


class TokenRefused(ReconnectNeeded):
    """401 for this access token. A fresh one may be accepted; if that is refused too, it is what its parent says."""


class ScopeMissing(StravaError):
    """The token is good, but the athlete did not tick the permission that this call needs."""

    code = "scope_missing"
    sentence = "We are not allowed to see your activities on Strava."
    next_step = "Connect Strava again and leave “View data about your activities” ticked."

    def __init__(self, detail: str, *, scope: str) -> None:
        super().__init__(detail)
        self.scope = scope


class AppInactive(StravaError):
    """Strava serves nobody through this site: the application is inactive, or its id or secret is wrong."""

    code = "strava_inactive"
    sentence = "Strava has switched this site off for everyone."
    next_step = "There's nothing you need to do. The person who runs this site has to sort it out with Strava."


class AthleteLimit(StravaError):
    """As many athletes as Strava allows this application are connected already."""

    code = "athlete_limit"
    sentence = "Strava won't let any more people connect to this site for now."
    next_step = "Ask the person who runs this site to request a higher limit from Strava."


class RateLimited(StravaError):
    """The application's calls are used up, by the budget's count or by Strava's own word (429)."""

    code = "rate_limit"
    sentence = "We've reached Strava's limit for now."
    next_step = "Try again in 15 minutes."

    def __init__(self, until: datetime, *, by_strava: bool = False) -> None:
        super().__init__(f"no call before {until:%Y-%m-%d %H:%M:%S}Z")
        self.until = until
        self.by_strava = by_strava
        """Whether Strava said so, and not only the budget."""


class StravaDown(StravaError):
    """Strava did not answer, answered too slowly, broke off or answered 5xx, and went on doing so."""

    code = "strava_down"
    sentence = "Strava isn't answering right now."
    next_step = "Try again later."


class Gone(StravaError):
    """404 for one activity: it was deleted, is hidden from this token, is not processed yet or never existed."""

    code = "unknown_activity"
    sentence = "Strava doesn't have this activity, or doesn't show it to us."
    next_step = "Check whether it's still on Strava."


class UnexpectedAnswer(StravaError):
    """An answer outside everything that is known of Strava; also a single payload that nothing can be made of."""

    code = "strava_down"
    sentence = "We couldn't understand Strava's answer."
    next_step = "Try again later. If it keeps happening, tell the person who runs this site."


class Garbled(UnexpectedAnswer):
    """A body that stops in the middle, is too long, or is not JSON at all (a page of the CDN, for example)."""
