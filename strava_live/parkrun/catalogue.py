"""The catalogue: one atlas (all listed events in memory) for the process, read again when the stored events change."""

import threading
import time
from collections.abc import Callable
from functools import lru_cache

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.event import Event
from strava_live.parkrun.models import CatalogueState, ParkrunEvent

CHECK_EVERY_S = 5.0
"""How long an atlas is used before the stored version is compared with the version that it was read at."""


class Catalogue:
    """Give every thread of the process the same atlas, and replace it when the stored events change.

    Every change of a stored event writes a new version to `CatalogueState`. At most once every `check_every_s` seconds,
    a query compares that version with the version of the atlas.
    """

    def __init__(self, *, check_every_s: float = CHECK_EVERY_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._check_every_s, self._clock = check_every_s, clock
        self._lock = threading.Lock()
        self._atlas = Atlas(())
        self._version = ""
        self._checked_at: float | None = None

    def atlas(self) -> Atlas:
        """Return the current atlas.

        If the version must be compared, one thread does it, and the other threads get the present atlas. Only while
        there is no atlas yet do they wait.
        """
        if self._is_fresh():
            return self._atlas
        if self._lock.acquire(blocking=self._checked_at is None):
            try:
                if not self._is_fresh():
                    self._check()
            finally:
                self._lock.release()
        return self._atlas

    def expire(self) -> None:
        """Compare the version at the next call of `atlas`, however recently it was compared."""
        self._checked_at = None

    def _is_fresh(self) -> bool:
        return self._checked_at is not None and self._clock() - self._checked_at < self._check_every_s

    def _check(self) -> None:
        # Read the version first: a change between the two queries is then noticed at the next check.
        version = CatalogueState.current_version()
        if version != self._version:
            self._atlas = Atlas(event.as_event() for event in ParkrunEvent.objects.listed().iterator())
            self._version = version
        self._checked_at = self._clock()


catalogue = Catalogue()
"""The only catalogue of the process."""


def event_pk(event: Event, atlas: Atlas) -> int | None:
    """Return the primary key of an event of the atlas. None if its slug was changed after the atlas was read."""
    return event_pks(atlas).get(event.slug)


@lru_cache(maxsize=2)
def event_pks(atlas: Atlas) -> dict[str, int]:
    """Return the primary keys of the listed events by slug. They are read once for each atlas, then cached."""
    return dict(ParkrunEvent.objects.listed().values_list("slug", "pk"))
