"""The catalogue: one atlas (all listed events in memory) for the process, read again when the stored events change."""

import threading
import time
from collections.abc import Callable
from functools import lru_cache

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.event import Event
from strava_live.parkrun.models import CatalogueState, ParkrunEvent
from strava_live.parkrun.simulated import SimulatedSaturday

CHECK_EVERY_S = 5.0
"""How many seconds an atlas is used before its version is compared with the stored version again."""


class Catalogue:
    """Give every thread of the process the same atlas, and replace it when the stored events change.

    Every change of a listed event writes a new version to `CatalogueState`. A query compares that version with the
    version of the atlas, every `check_every_s` seconds while the atlas is in use.
    """

    def __init__(self, *, check_every_s: float = CHECK_EVERY_S, clock: Callable[[], float] = time.monotonic) -> None:
        self.check_every_s, self.clock = check_every_s, clock
        self.lock = threading.Lock()
        self.current = Atlas(())
        self.simulated: tuple[SimulatedSaturday, ...] = ()
        self.version = ""
        self.checked_at: float | None = None

    def atlas(self) -> Atlas:
        """Return the current atlas.

        When the version is to be compared, one thread does it, and the other threads get the present atlas meanwhile.
        They wait only for the first comparison of the process, and for the first one after `expire`.
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
        """Compare the version at the next call of `atlas`, however recently it was compared."""
        self.checked_at = None

    def accept(self, saturdays: tuple[SimulatedSaturday, ...]) -> None:
        """Let the rules accept these simulated Saturdays, and no others.

        Takes no lock, because the event loop must not wait for a thread that is reading all events. Such a thread may
        overwrite the change. simulation.py calls this method again some seconds later, which repeats the change.
        """
        self.simulated = saturdays
        if self.current.simulated != saturdays:
            self.current = self.current.with_simulated(saturdays)

    def is_fresh(self) -> bool:
        return self.checked_at is not None and self.clock() - self.checked_at < self.check_every_s

    def check_version(self) -> None:
        # Read the version first: a change between the two queries is then noticed at the next check.
        version = CatalogueState.current_version()
        if version != self.version:
            events = Atlas(event.as_event() for event in ParkrunEvent.objects.listed().iterator())
            self.current = events.with_simulated(self.simulated)
            self.version = version
        self.checked_at = self.clock()


catalogue = Catalogue()
"""The only catalogue of the process."""


def event_pk(event: Event, atlas: Atlas) -> int | None:
    """Return the primary key of an event of the atlas. None if no stored event has its slug any more."""
    return event_pks(atlas).get(event.slug)


@lru_cache(maxsize=2)
def event_pks(atlas: Atlas) -> dict[str, int]:
    """Return the primary keys of the listed events by slug. Cached for the atlas."""
    return dict(ParkrunEvent.objects.listed().values_list("slug", "pk"))
