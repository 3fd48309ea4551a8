"""A new member is news."""

from strava_live.clubs.models import Membership
from strava_live.feed.entry_writer import entry_writers
from strava_live.feed.models import Entry


def add_joined_entry(membership: Membership) -> None:
    """Once a membership; under the name they want to be shown by."""
    key = f"joined.{membership.user_id}"
    with entry_writers([membership.club_id]) as writers:
        if not Entry.objects.of_club(membership.club_id).filter(key=key).exists():
            writers[membership.club_id].add(
                kind=Entry.Kind.JOINED, key=key, athlete_id=membership.user_id, name=membership.shown_name
            )
