"""The rows of clubs that a write locks."""

from collections.abc import Iterable

from django.db.models import Q

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


def write_keys_of(user_id: int) -> frozenset[str]:
    """Return the write queue's keys for a change of a person's parkruns: it locks the athlete and all their clubs."""
    slugs = Club.objects.of(user_id).values_list("slug", flat=True)
    return frozenset([athlete_key(user_id), *map(club_key, slugs)])
