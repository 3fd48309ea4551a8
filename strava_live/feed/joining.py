"""A new member is news."""

from strava_live.clubs.models import Membership
from strava_live.feed.models import Entry
from strava_live.feed.numbering import numbering


def tell_joined(membership: Membership) -> None:
    """Once a membership; under the name they want to be shown by."""
    key = f"joined.{membership.user_id}"
    with numbering([membership.club_id]) as desks:
        if not Entry.objects.of_club(membership.club_id).filter(key=key).exists():
            desks[membership.club_id].add(
                kind=Entry.Kind.JOINED, key=key, athlete_id=membership.user_id, name=membership.shown_name
            )
