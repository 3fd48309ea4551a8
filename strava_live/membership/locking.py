"""The order in which locks are taken to change a membership, so that two changes cannot deadlock.

First the athlete's lock, then the rows of their clubs in the order of their ids, then the membership, then the feed.
"""

from collections.abc import Callable

from strava_live.activities.athlete_state import lock_athlete
from strava_live.clubs.locks import lock_clubs
from strava_live.clubs.models import Membership


def locked_membership(club_id: int, user_id: int, find: Callable[[int, int], Membership]) -> Membership:
    """Lock the athlete and their clubs in the caller's transaction, and return the membership as it is then.

    `find` looks it up and raises NotAMember if there is none. Call it before the locks too, so that no lock row is
    created for an unknown user.
    """
    find(club_id, user_id)
    lock_athlete(user_id)
    lock_clubs(user_id, [club_id])
    return find(club_id, user_id)
