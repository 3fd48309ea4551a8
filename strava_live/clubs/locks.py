"""Lock the rows that a change of a club or a membership needs, in an order that cannot deadlock.

First the athlete (`lock_athlete`), then the rows of their clubs in the order of their ids, then the membership, then
the feed.
"""

from collections.abc import Callable, Iterable

from django.db.models import Q

from strava_live.activities.athlete_state import AthleteErased, lock_athlete
from strava_live.clubs.members import NotAMember
from strava_live.clubs.models import Club, Membership
from strava_live.write_queue import athlete_key, club_key


def lock_clubs(user_id: int, also: Iterable[int] = ()) -> None:
    """Lock a person's clubs and those in `also`, in the order of their ids, in the caller's transaction.

    Call it before any other row of a club is locked.
    """
    of_person = Membership.objects.of(user_id).values("club")
    list(Club.objects.select_for_update().filter(Q(pk__in=of_person) | Q(pk__in=list(also))).order_by("pk"))


def lock_club(club_id: int) -> None:
    list(Club.objects.select_for_update().filter(pk=club_id))


def locked_membership(club_id: int, user_id: int, find: Callable[[int, int], Membership]) -> Membership:
    """Lock the athlete and their clubs in the caller's transaction, then read the membership and return it.

    `find` looks the membership up and raises NotAMember if there is none. It is called before the locks too, so that
    no row of `AthleteState` is created for an unknown user. Raise NotAMember also if the account is deleted meanwhile.
    """
    find(club_id, user_id)
    try:
        lock_athlete(user_id)
    except AthleteErased:
        raise NotAMember(user_id) from None
    lock_clubs(user_id, [club_id])
    return find(club_id, user_id)


def write_keys_of(user_id: int) -> frozenset[str]:
    """Return the write-queue keys (write_queue.py) for a change to a person's parkruns.

    Such a change locks the athlete and all their clubs.
    """
    slugs = Club.objects.of(user_id).values_list("slug", flat=True)
    return frozenset([athlete_key(user_id), *map(club_key, slugs)])
