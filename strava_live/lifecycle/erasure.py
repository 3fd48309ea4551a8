"""Deleting an account: everything that is kept of a person, in one transaction."""

from django.db import transaction

from strava_live.accounts.models import Revocation, User
from strava_live.accounts.sessions import close_sockets_of_person
from strava_live.lifecycle.disconnecting import disconnect
from strava_live.membership.leaving import leave_every_club
from strava_live.parkrun.results import lock_athlete
from strava_live.protocol import Close


def erase(user: User) -> Revocation | None:
    """What remains is the note that Strava is to forget our access, if there was any: it names nobody.

    In the athlete's turn: a chunk of theirs that is being kept is waited for, and the next finds nobody to keep it for.
    """
    with transaction.atomic():
        lock_athlete(user.pk)
        leave_every_club(user.pk)
        revocation = disconnect(user)
        close_sockets_of_person(user.pk, Close.NOT_SIGNED_IN)
        user.delete()
    return revocation
