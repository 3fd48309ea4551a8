"""Every model of the site, gathered from its rooms for Django."""

from strava_live.accounts.models import Revocation, StravaConnection, User

__all__ = ["Revocation", "StravaConnection", "User"]
