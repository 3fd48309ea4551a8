"""What members of a club see of each other: the name by which each is shown, and of their parkruns what is shared.

Somebody in several clubs of the viewer's is there once: under the most open of their names, and with what they share
where they are named. What they share as "a member" in one club is nobody's by name because they are named in another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q

from strava_live.clubs.models import Club, Membership, MembershipQuerySet
from strava_live.feed.parkrun_entries import half_known
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult, ParkrunResultQuerySet, StartingNumbers

ShownAs = Membership.ShownAs
MOST_OPEN_FIRST = (ShownAs.FULL, ShownAs.SHORT, ShownAs.HIDDEN)
FIVE_K = Q(event__series=ParkrunEvent.Series.FIVE_K)


@dataclass(frozen=True, slots=True)
class MemberFigures:
    """Of the 5 km series and of the junior one. No number is claimed while a first sync is still reading."""

    parkruns: int | None
    juniors: int | None
    events: int | None
    latest: date | None


@dataclass(frozen=True, slots=True)
class Clubmate:
    name: str
    """ "" is "a member": nothing leads to them."""
    user_id: int
    is_captain: bool
    shares: bool
    figures: MemberFigures | None = None


def clubmates(viewer_id: int, *, club_id: int | None = None) -> list[Clubmate]:
    """Everybody in the viewer's clubs, or in one of them, the viewer too. The number of queries is always the same."""
    found = merged(seen_by(viewer_id, club_id))
    figures = figures_of([one.user_id for one in found if one.shares])
    return sorted((replace(one, figures=figures.get(one.user_id)) for one in found), key=place_in_list)


def clubmate(viewer_id: int, user_id: int) -> Clubmate | None:
    """None for who is in no club with the viewer, and for who is nobody by name there."""
    found = merged(seen_by(viewer_id, None).of(user_id))
    if not found or not found[0].name:
        return None
    return replace(found[0], figures=figures_of([user_id]).get(user_id) if found[0].shares else None)


def shared_parkruns(user_id: int) -> ParkrunResultQuerySet:
    """The list behind the figures, for somebody who shares it."""
    return ParkrunResult.objects.of(user_id).shareable().on_foot().shown().newest_first()


def private_parkruns(user_id: int) -> int:
    """Count the parkruns that are private at Strava: they add to the person's own count and no club sees them."""
    recorded = ParkrunResult.objects.of(user_id).on_foot().filter(activity__isnull=False)
    return recorded.exclude(activity__visibility="everyone").count()


def seen_by(viewer_id: int, club_id: int | None) -> MembershipQuerySet:
    clubs = Club.objects.of(viewer_id)
    chosen = clubs if club_id is None else clubs.filter(pk=club_id)
    return Membership.objects.active().filter(club__in=chosen.values("pk")).select_related("user")


def merged(memberships: Iterable[Membership]) -> list[Clubmate]:
    by_person: dict[int, list[Membership]] = {}
    for one in memberships:
        by_person.setdefault(one.user_id, []).append(one)
    return [as_clubmate(theirs) for theirs in by_person.values()]


def as_clubmate(theirs: list[Membership]) -> Clubmate:
    most_open = min(theirs, key=lambda one: MOST_OPEN_FIRST.index(one.shown_as))
    named = [one for one in theirs if one.shown_as != ShownAs.HIDDEN]
    return Clubmate(
        user_id=most_open.user_id,
        name=most_open.shown_name,
        is_captain=any(one.is_captain for one in named),
        shares=any(one.shares_parkruns for one in named or theirs),
    )


def figures_of(user_ids: list[int]) -> dict[int, MemberFigures]:
    results = ParkrunResult.objects.filter(athlete__in=user_ids).shareable().on_foot()
    counts = results.values("athlete").annotate(
        parkruns=Count("pk", filter=FIVE_K),
        juniors=Count("pk", filter=~FIVE_K),
        events=Count("event", filter=FIVE_K, distinct=True),
        latest=Max("day"),
    )
    reading = half_known(user_ids)
    before = {one.pk: one for one in StartingNumbers.objects.filter(athlete__in=user_ids)}
    known: dict[int, dict[str, Any]] = {one["athlete"]: dict(one) for one in counts}
    nothing = {"parkruns": 0, "juniors": 0, "events": 0, "latest": None}
    return {
        user_id: counted(known.get(user_id, nothing), before.get(user_id), still_reading=user_id in reading)
        for user_id in user_ids
    }


def counted(known: dict[str, Any], before: StartingNumbers | None, *, still_reading: bool) -> MemberFigures:
    if still_reading:
        return MemberFigures(None, None, None, known["latest"])
    start = before or StartingNumbers()
    return MemberFigures(
        start.parkruns + known["parkruns"], start.juniors + known["juniors"], known["events"], known["latest"]
    )


def place_in_list(one: Clubmate) -> tuple[bool, str, int]:
    """By name. Those without one come last, in an order that says nothing of who they are."""
    count = one.figures.parkruns if one.figures and one.figures.parkruns else 0
    return (False, one.name.casefold(), one.user_id) if one.name else (True, "", -count)
