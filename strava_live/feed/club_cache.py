"""Cache what is computed from a club's rows, such as the figures of its wall screens.

All screens of a club request the figures at the same moment, whenever an entry changes. The cache computes them once.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar

from strava_live.clubs.models import Club
from strava_live.database import give_back_connection
from strava_live.time_zones import zone_or_utc

Computed = TypeVar("Computed")

MOST_CLUBS = 100
"""The most clubs in a cache. Above that, the result that was not used for the longest time is dropped."""


@dataclass(frozen=True)
class ClubVersion:
    """What a cached result depends on. It is outdated once any of these fields has changed."""

    epoch: str
    time_zone: str
    day: date
    seq: int
    figures_version: int

    @classmethod
    def of(cls, club: Club, now: datetime) -> "ClubVersion":
        """Return the version of a club's row, with the date at `now` in the club's time zone."""
        day = now.astimezone(zone_or_utc(club.time_zone)).date()
        return cls(club.epoch, club.time_zone, day, club.seq, club.figures_version)

    def is_as_new_as(self, other: "ClubVersion") -> bool:
        """Return whether a result of this version may be used for a request that found the version `other`."""
        same = (self.epoch, self.time_zone, self.day) == (other.epoch, other.time_zone, other.day)
        return same and self.seq >= other.seq and self.figures_version >= other.figures_version


@dataclass(slots=True)
class Slot(Generic[Computed]):
    """The cached result of one club, and a lock that is held while the result is computed."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    computed: tuple[ClubVersion, Computed] | None = None
    """The result, with the version of the club for which it was computed."""


class ClubCache(Generic[Computed]):
    """Keep the latest result of `compute` for each club. Call `compute` again if the club has a newer version.

    `compute` may read changes that were made after the club's row was read. The result is then newer than the version
    that is stored with it, and the next request computes again.
    """

    def __init__(self, compute: Callable[[Club, datetime], Computed]) -> None:
        self.compute = compute
        self.slots: OrderedDict[int, Slot[Computed]] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, club: Club, now: datetime) -> Computed:
        """Return the result for a club whose row has just been read. If another thread is computing it, wait."""
        version, slot = ClubVersion.of(club, now), self.slot_of(club.pk)
        if not slot.lock.acquire(blocking=False):
            give_back_connection()  # threads that wait must not hold the database connections that `compute` needs
            slot.lock.acquire()
        try:
            if slot.computed is None or not slot.computed[0].is_as_new_as(version):
                slot.computed = version, self.compute(club, now)
            return slot.computed[1]
        finally:
            slot.lock.release()

    def slot_of(self, club_id: int) -> Slot[Computed]:
        """Return the slot of a club, made if there is none. Drop the least recently used slots above MOST_CLUBS."""
        with self.lock:
            slot = self.slots.setdefault(club_id, Slot())
            self.slots.move_to_end(club_id)
            while len(self.slots) > MOST_CLUBS:
                self.slots.popitem(last=False)
            return slot
