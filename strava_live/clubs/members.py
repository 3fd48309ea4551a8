"""Find a person's membership of a club, or their request to join it. If there is none, raise NotAMember."""

from strava_live.clubs.models import Membership, MembershipQuerySet


class NotAMember(LookupError):
    """The membership or request that was looked for does not exist."""


def member_of(club_id: int, user_id: int) -> Membership:
    return find(Membership.objects.active(), club_id, user_id)


def request_of(club_id: int, user_id: int) -> Membership:
    return find(Membership.objects.asking(), club_id, user_id)


def member_or_request_of(club_id: int, user_id: int) -> Membership:
    return find(Membership.objects.all(), club_id, user_id)


def find(memberships: MembershipQuerySet, club_id: int, user_id: int) -> Membership:
    found = memberships.in_club(club_id).of(user_id).select_related("club", "user").first()
    if found is None:
        raise NotAMember(user_id)
    return found
