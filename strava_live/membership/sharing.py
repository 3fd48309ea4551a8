"""Change what a club sees of a member: their parkruns, and their name."""

from django.db import transaction
from django.utils import timezone

from strava_live.clubs.keys import refresh_screens
from strava_live.clubs.locks import locked_membership
from strava_live.clubs.members import member_of
from strava_live.clubs.models import Membership
from strava_live.feed.parkrun_entries import reconcile_parkrun_entries
from strava_live.membership.names import rename_in_entries
from strava_live.notifications.forgetting import forget_where_muted, lock_concerned
from strava_live.visibility import ShownAs


def share(club_id: int, user_id: int, *, parkruns: bool, shown_as: str | None = None) -> Membership:
    """Set whether a club sees a member's parkruns, and under which name it sees the member. Update the club's feed.

    If the club begins to see the name, take back the notifications that the member has caused to people who have muted
    or blocked them. Without `shown_as`, the shown name stays. Raise NotAMember if the person is not a member.
    """
    with transaction.atomic():
        member = locked_membership(club_id, user_id, member_of)
        before, after = member.shown_as, shown_as or member.shown_as
        record_consent(member, parkruns=parkruns, shown_as=after)
        if before == ShownAs.HIDDEN != after:
            lock_concerned(user_id, club_id)
            forget_where_muted(club_id, user_id)
        reconcile_parkrun_entries(user_id)
        rename_in_entries(user_id)
        refresh_screens(club_id)
    return member


def record_consent(member: Membership, *, parkruns: bool, shown_as: str) -> None:
    """Save what the member has chosen to share and how to be shown, with the time of the choice."""
    member.shares_parkruns, member.shown_as = parkruns, shown_as
    member.consented_at = timezone.now()
    member.save()
