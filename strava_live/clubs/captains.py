"""Who looks after a club. Whatever takes a captain away holds the club's lock, so that a club with a captain never
comes to have none while somebody is left in it."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from strava_live.clubs.models import Club, Membership, MembershipQuerySet

CAPTAIN, MEMBER = Membership.Role.CAPTAIN, Membership.Role.MEMBER


class NotAMember(LookupError):
    """They are not, or no longer, in this club."""


class NotACaptain(PermissionError):
    """Only captains may do that."""


class LastCaptain(Exception):
    """Somebody else has to be made captain first."""


def lock_clubs(user_id: int, also: Iterable[int] = ()) -> None:
    """Every club of somebody's, and those that are named, in the order of their ids: in the caller's transaction,
    before anything else of a club is locked."""
    theirs = Membership.objects.of(user_id).values("club")
    list(Club.objects.select_for_update().filter(Q(pk__in=theirs) | Q(pk__in=list(also))).order_by("pk"))


def lock_club(club_id: int) -> None:
    list(Club.objects.select_for_update().filter(pk=club_id))


def member_of(club_id: int, user_id: int) -> Membership:
    found = Membership.objects.active().in_club(club_id).of(user_id).select_related("club", "user").first()
    if found is None:
        raise NotAMember(user_id)
    return found


def require_captain(club_id: int, user_id: int) -> None:
    if not Membership.objects.captains().in_club(club_id).of(user_id).exists():
        raise NotACaptain(user_id)


def make_captain(club_id: int, user_id: int, *, by: int) -> None:
    """One more: whoever hands the captaincy on steps down after that."""
    with transaction.atomic():
        lock_club(club_id)
        require_captain(club_id, by)
        set_role(member_of(club_id, user_id), CAPTAIN)


def step_down(club_id: int, user_id: int) -> None:
    with transaction.atomic():
        lock_club(club_id)
        require_captain(club_id, user_id)
        if not other_captains(club_id, user_id):
            raise LastCaptain(user_id)
        set_role(member_of(club_id, user_id), MEMBER)


def appoint(club_id: int, user_id: int) -> None:
    """By whoever runs the site."""
    with transaction.atomic():
        lock_club(club_id)
        set_role(member_of(club_id, user_id), CAPTAIN)


def appoint_heir(leaving: Membership) -> None:
    """The last captain goes, and cannot be asked to stay: whoever has been there longest looks after the club now. The
    club is locked."""
    if not leaving.is_captain or other_captains(leaving.club_id, leaving.user_id):
        return
    heir = others(leaving).longest_first().first()
    if heir is not None:
        set_role(heir, CAPTAIN)


def other_captains(club_id: int, user_id: int) -> bool:
    return Membership.objects.captains().in_club(club_id).exclude(user=user_id).exists()


def others(member: Membership) -> MembershipQuerySet:
    return Membership.objects.active().in_club(member.club_id).exclude(user=member.user_id)


def set_role(member: Membership, role: Membership.Role) -> None:
    member.role = role
    member.save(update_fields=["role"])
