"""Connect an athlete to the stand-in for Strava without the pages in between."""

from datetime import timedelta

from django.utils import timezone

from simulators.process import StandIn
from strava_live.accounts.connections import connect_strava
from strava_live.accounts.models import User
from strava_live.strava.payloads import Tokens


def connect(athlete: User, stand_in: StandIn, **order: object) -> int:
    """Connect the athlete to a new athlete of the stand-in, made as `order` says. Return their id at Strava."""
    strava_id = stand_in.add_athlete(**order)
    granted = stand_in.grant(strava_id)
    tokens = Tokens(granted["access_token"], granted["refresh_token"], timezone.now() + timedelta(hours=6))
    connect_strava(athlete, strava_id=strava_id, tokens=tokens, scopes="read,activity:read")
    return strava_id
