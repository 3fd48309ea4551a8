"""The members of a viewer's clubs, as the viewer sees them: their names, and the counts of the parkruns they share.

A person in several of the viewer's clubs appears once. `visibility.seen_across_clubs` combines what they let each of
these clubs see.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q

from strava_live.clubs.models import Club, Membership, MembershipQuerySet
from strava_live.feed.parkrun_entries import without_full_history
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult, ParkrunResultQuerySet, StartingNumbers
from strava_live.visibility import seen_across_clubs

FIVE_K = Q(event__series=ParkrunEvent.Series.FIVE_K)


@dataclass(frozen=True, slots=True)
class MemberFigures:
    """How many 5 km parkruns, junior parkruns and 5 km events a person has done, and the date of the latest parkrun.

    The counts are None until the athlete's whole history has been read.
    """

    parkruns: int | None
    juniors: int | None
    events: int | None
    latest: date | None


@dataclass(frozen=True, slots=True)
class Clubmate:
    name: str
    """The name that the viewer sees. "" for a member who hides it: shown as "a member", without a link to a page."""
    user_id: int
    is_captain: bool
    shares: bool
    figures: MemberFigures | None = None


def clubmates(viewer_id: int, *, club_id: int | None = None) -> list[Clubmate]:
    """Return the members of all the viewer's clubs or of one, including the viewer, in a fixed number of queries."""
    people = one_for_each_person(memberships_seen_by(viewer_id, club_id))
    figures = member_figures([one.user_id for one in people if one.shares])
    return sorted((replace(one, figures=figures.get(one.user_id)) for one in people), key=list_order)


def clubmate(viewer_id: int, user_id: int) -> Clubmate | None:
    """Return a person as the viewer sees them.

    Return None if the two have no club in common, or if the person hides their name in all these clubs.
    """
    people = one_for_each_person(memberships_seen_by(viewer_id, None).of(user_id))
    if not people or not people[0].name:
        return None
    return replace(people[0], figures=member_figures([user_id]).get(user_id) if people[0].shares else None)


def shared_parkruns(user_id: int) -> ParkrunResultQuerySet:
    """Return the parkruns that `MemberFigures` counts. The caller checks that the person shares their parkruns."""
    return ParkrunResult.objects.of(user_id).shareable().on_foot().shown().newest_first()


def private_parkruns(user_id: int) -> int:
    return ParkrunResult.objects.of(user_id).on_foot().private().count()


def memberships_seen_by(viewer_id: int, club_id: int | None) -> MembershipQuerySet:
    clubs = Club.objects.of(viewer_id)
    chosen = clubs if club_id is None else clubs.filter(pk=club_id)
    return Membership.objects.active().filter(club__in=chosen.values("pk")).select_related("user")


def one_for_each_person(memberships: Iterable[Membership]) -> list[Clubmate]:
    by_person: dict[int, list[Membership]] = {}
    for one in memberships:
        by_person.setdefault(one.user_id, []).append(one)
    seen = {user_id: seen_across_clubs(memberships) for user_id, memberships in by_person.items()}
    return [
        Clubmate(user_id=user_id, name=one.name, is_captain=one.is_captain, shares=one.shares_parkruns)
        for user_id, one in seen.items()
    ]


def member_figures(user_ids: list[int]) -> dict[int, MemberFigures]:
    results = ParkrunResult.objects.filter(athlete__in=user_ids).shareable().on_foot()
    rows = results.values("athlete").annotate(
        parkruns=Count("pk", filter=FIVE_K),
        juniors=Count("pk", filter=~FIVE_K),
        events=Count("event", filter=FIVE_K, distinct=True),
        latest=Max("day"),
    )
    incomplete = without_full_history(user_ids)
    earlier = {one.pk: one for one in StartingNumbers.objects.filter(athlete__in=user_ids)}
    counts: dict[int, dict[str, Any]] = {row["athlete"]: dict(row) for row in rows}
    nothing = {"parkruns": 0, "juniors": 0, "events": 0, "latest": None}
    return {
        user_id: add_earlier(counts.get(user_id, nothing), earlier.get(user_id), incomplete=user_id in incomplete)
        for user_id in user_ids
    }


def add_earlier(counts: dict[str, Any], earlier: StartingNumbers | None, *, incomplete: bool) -> MemberFigures:
    if incomplete:
        return MemberFigures(None, None, None, counts["latest"])
    start = earlier or StartingNumbers()
    return MemberFigures(
        start.parkruns + counts["parkruns"], start.juniors + counts["juniors"], counts["events"], counts["latest"]
    )


def list_order(one: Clubmate) -> tuple[bool, str, int]:
    """Return a sort key: members with a name by name, then hidden members by falling number of parkruns."""
    count = one.figures.parkruns if one.figures and one.figures.parkruns else 0
    return (False, one.name.casefold(), one.user_id) if one.name else (True, "", -count)
