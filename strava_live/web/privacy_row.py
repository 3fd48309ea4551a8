"""A row of the table on /privacy/ that says what is stored about a person, and words that several rows use."""

from typing import NamedTuple

from django.conf import settings

from strava_live.formats import quantity
from strava_live.web.words import days_kept

DAY_S = 24 * 3600
WITH_ACCOUNT = "as long as you have an account"
ONLY_YOU = "you"
NOBODY = "nobody"


class StoredData(NamedTuple):
    """A kind of data: what it is, what it is for, how long it is kept, and who can see it."""

    what: str
    purpose: str
    kept: str
    seen_by: str


def hours_kept(seconds: float) -> str:
    return quantity(int(seconds // 3600), "hour", "hours")


def session_kept() -> str:
    return days_kept(settings.SESSION_COOKIE_AGE // DAY_S)


def revoked_kept() -> str:
    """Return for how long data is kept after its owner has revoked our access at Strava; "" if not at all."""
    return days_kept(settings.RETENTION_REVOKED_DAYS) if settings.RETENTION_REVOKED_DAYS else ""
