"""Letting Strava go: the keys, and whatever is just being read with them."""

from strava_live.accounts.connections import disconnect_strava
from strava_live.accounts.models import Revocation, User
from strava_live.feed.athlete_lock import athlete_lock
from strava_live.sync.runs import cancel_run


def disconnect(user: User) -> Revocation | None:
    """None when there was nothing to disconnect."""
    with athlete_lock(user.pk):
        cancel_run(user.pk)
        return disconnect_strava(user)
