"""Why a sync run has failed. Its row stores the kind of the error; the sentences are built when they are shown."""

from strava_live.accounts.tokens import TokensUnreadable
from strava_live.error_codes import ErrorCode
from strava_live.strava.errors import (
    AppInactive,
    AthleteLimit,
    Gone,
    RateLimited,
    ReconnectNeeded,
    ScopeMissing,
    StravaDown,
    StravaError,
    UnexpectedAnswer,
)


class UnexpectedFailure(StravaError):
    """An error of this site, not of Strava. The run is paused and tried again, as if Strava had not answered."""

    code = ErrorCode.STRAVA_DOWN
    sentence = "Something went wrong here during your import."
    next_step = "Try again later. If it keeps happening, tell the person who runs this site."


KINDS: dict[str, type[StravaError]] = {
    "tokens_unreadable": TokensUnreadable,
    "reconnect_needed": ReconnectNeeded,
    "scope_missing": ScopeMissing,
    "strava_inactive": AppInactive,
    "athlete_limit": AthleteLimit,
    "rate_limit": RateLimited,
    "unknown_activity": Gone,
    "unexpected_answer": UnexpectedAnswer,
    "unexpected_failure": UnexpectedFailure,
    "strava_down": StravaDown,
}
"""The names under which runs store errors. Keep them: rows in the table have them. A subclass stands before its parent,
because `kind_of` takes the first that fits."""


def kind_of(error: StravaError) -> str:
    return next((kind for kind, errors in KINDS.items() if isinstance(error, errors)), "unexpected_failure")


def error_of(kind: str) -> type[StravaError]:
    return KINDS.get(kind, UnexpectedFailure)
