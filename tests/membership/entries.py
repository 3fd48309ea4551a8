"""What a club's feed shows of its members."""

from strava_live.clubs.models import Club
from strava_live.feed.models import Entry


def entries_of(club: Club) -> list[tuple[str, str]]:
    """Return kind and name of each entry, in the order in which they were added."""
    rows = Entry.objects.of_club(club.pk).not_removed().order_by("first_seq")
    return [(str(entry.kind), entry.name) for entry in rows]
