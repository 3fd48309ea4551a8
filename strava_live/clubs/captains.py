"""Appoint captains, the members who manage a club, and take the role back.

Each change that can remove a captain locks the club's row. So two captains who step down at once cannot leave a club
with members but without a captain.
"""

from django.db import transaction

from strava_live.clubs.locks import lock_club
from strava_live.clubs.members import member_of
from strava_live.clubs.models import Membership, MembershipQuerySet

CAPTAIN, MEMBER = Membership.Role.CAPTAIN, Membership.Role.MEMBER


class NotACaptain(PermissionError):
    """The person is not a captain of this club."""


class LastCaptain(Exception):
    """The person is the club's only captain, and must make another member captain first."""


def require_captain(club_id: int, user_id: int) -> None:
    if not Membership.objects.captains().in_club(club_id).of(user_id).exists():
        raise NotACaptain(user_id)


def make_captain(club_id: int, user_id: int, *, by: int) -> None:
    """Make a member captain. `by` is the captain who does this, and stays captain until they step down."""
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
    """Make a member captain because the site's operator asks for it. No captain has to agree."""
    with transaction.atomic():
        lock_club(club_id)
        set_role(member_of(club_id, user_id), CAPTAIN)


def appoint_heir(leaving: Membership) -> None:
    """If the leaving member is the last captain, make another member captain: the one who joined first.

    The caller has locked the club. Called when an account is deleted. A last captain who leaves a club without deleting
    their account must make another member captain first.
    """
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
