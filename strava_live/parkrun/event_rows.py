"""Which row of the database an event of the atlas is. Asked once for an atlas, so that keeping a chunk asks nothing."""

from functools import lru_cache

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.event import Event
from strava_live.parkrun.models import ParkrunEvent


def row_of(event: Event, events: Atlas) -> int | None:
    """None for one that has been renamed since the atlas was made, and is found again under its new name."""
    return _rows(events).get(event.slug)


@lru_cache(maxsize=2)
def _rows(events: Atlas) -> dict[str, int]:
    """An atlas never changes, and one that is made anew is another."""
    return dict(ParkrunEvent.objects.listed().values_list("slug", "pk"))
