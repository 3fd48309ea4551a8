"""Deleting an account: everything that is kept of a person, in one transaction."""

from django.db import transaction

from strava_live.accounts.connections import disconnect_strava
from strava_live.accounts.models import Revocation, User


def erase(user: User) -> Revocation | None:
    """What remains is the note that Strava is to forget our access, if there was any: it names nobody."""
    with transaction.atomic():
        revocation = disconnect_strava(user)
        user.delete()
    return revocation
