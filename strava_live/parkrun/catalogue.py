"""The events of the database as one atlas in memory, made again when the database has others."""

import threading
import time
from collections.abc import Callable

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.models import CatalogueState, ParkrunEvent

CHECK_EVERY_S = 5.0


class Catalogue:
    """Gives the same atlas to every thread, and looks at most every few seconds, with one small query, whether it is
    still the right one. A process that is asked again and again queries no more often than that."""

    def __init__(self, *, check_every_s: float = CHECK_EVERY_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._check_every_s, self._clock = check_every_s, clock
        self._lock = threading.Lock()
        self._atlas = Atlas(())
        self._version = ""
        self._checked_at: float | None = None

    def atlas(self) -> Atlas:
        """Where there is no atlas yet, everyone waits for it; later only whoever looks for changes."""
        if self._fresh():
            return self._atlas
        if self._lock.acquire(blocking=self._checked_at is None):
            try:
                if not self._fresh():
                    self._look()
            finally:
                self._lock.release()
        return self._atlas

    def expire(self) -> None:
        """Look again at the next call."""
        self._checked_at = None

    def _fresh(self) -> bool:
        return self._checked_at is not None and self._clock() - self._checked_at < self._check_every_s

    def _look(self) -> None:
        # The version first: what changes between the two queries is then noticed at the next look.
        version = CatalogueState.current_version()
        if version != self._version:
            self._atlas = Atlas(event.as_event() for event in ParkrunEvent.objects.listed().iterator())
            self._version = version
        self._checked_at = self._clock()


catalogue = Catalogue()
"""This process's."""
