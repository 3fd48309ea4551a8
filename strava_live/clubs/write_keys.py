"""What a write for a person may lock, as keys of the write queue."""

from strava_live.clubs.models import Club
from strava_live.write_queue import athlete_key, club_key


def write_keys_of(user_id: int) -> frozenset[str]:
    """The athlete and all of their clubs: a change of their parkruns is written to each."""
    slugs = Club.objects.of(user_id).values_list("slug", flat=True)
    return frozenset([athlete_key(user_id), *map(club_key, slugs)])
