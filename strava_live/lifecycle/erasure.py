"""Delete an account with all that is stored about the person, in one transaction. Only the `Revocation` is kept."""

from django.db import transaction

from strava_live.accounts.models import Revocation, User
from strava_live.accounts.sessions import close_sockets_of_person
from strava_live.activities.athlete_state import lock_athlete
from strava_live.lifecycle.connecting import disconnect
from strava_live.membership.leaving import leave_every_club
from strava_live.protocol import Close


def erase(user: User) -> Revocation | None:
    """Delete the account, and return the revocation for Strava. Return None if Strava was not connected.

    Wait for the athlete's lock first, because a sync run may be storing activities. When the run stores its next
    activities, it finds no account and stops.
    """
    with transaction.atomic():
        lock_athlete(user.pk)
        leave_every_club(user.pk)
        revocation = disconnect(user)
        close_sockets_of_person(user.pk, Close.NOT_SIGNED_IN)
        user.delete()
    return revocation
