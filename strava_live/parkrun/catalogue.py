"""The catalogue: the stored events as one atlas in memory, read again when the stored ones change."""

import threading
import time
from collections.abc import Callable
from functools import lru_cache

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.event import Event
from strava_live.parkrun.models import CatalogueState, ParkrunEvent

CHECK_EVERY_S = 5.0


class Catalogue:
    """Gives every thread of the process the same atlas.

    At most once every `check_every_s` seconds one small query compares the catalogue's version with the stored one.
    """

    def __init__(self, *, check_every_s: float = CHECK_EVERY_S, clock: Callable[[], float] = time.monotonic) -> None:
        self.check_every_s, self.clock = check_every_s, clock
        self.lock = threading.Lock()
        self.current = Atlas(())
        self.version = ""
        self.checked_at: float | None = None

    def atlas(self) -> Atlas:
        """Return the current atlas.

        One thread at a time checks the version. The others wait for the first atlas, and after that are given the
        atlas that is there.
        """
        if self.is_fresh():
            return self.current
        if self.lock.acquire(blocking=self.checked_at is None):
            try:
                if not self.is_fresh():
                    self.check_version()
            finally:
                self.lock.release()
        return self.current

    def expire(self) -> None:
        """Check the version at the next call of `atlas`."""
        self.checked_at = None

    def is_fresh(self) -> bool:
        return self.checked_at is not None and self.clock() - self.checked_at < self.check_every_s

    def check_version(self) -> None:
        # Read the version first: a change between the two queries is then noticed at the next check.
        version = CatalogueState.current_version()
        if version != self.version:
            self.current = Atlas(event.as_event() for event in ParkrunEvent.objects.listed().iterator())
            self.version = version
        self.checked_at = self.clock()


catalogue = Catalogue()
"""The process's catalogue."""


def event_pk(event: Event, atlas: Atlas) -> int | None:
    """Return the primary key of an event of the atlas. None if it was renamed after the atlas was read."""
    return event_pks(atlas).get(event.slug)


@lru_cache(maxsize=2)
def event_pks(atlas: Atlas) -> dict[str, int]:
    """Return the primary keys by slug, read once for each atlas so that storing a chunk takes no query for them."""
    return dict(ParkrunEvent.objects.listed().values_list("slug", "pk"))
