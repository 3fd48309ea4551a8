"""A cache for results computed from a club's tables, such as its wall: all screens of a club ask at the same time."""

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
"""Results kept by a process. The least recently used are dropped."""


@dataclass(frozen=True)
class ClubVersion:
    """The version of the club's tables that a result was computed from. A change of any field makes it outdated."""

    epoch: str
    time_zone: str
    day: date
    seq: int
    figures_version: int

    @classmethod
    def of(cls, club: Club, now: datetime) -> "ClubVersion":
        day = now.astimezone(zone_or_utc(club.time_zone)).date()
        return cls(club.epoch, club.time_zone, day, club.seq, club.figures_version)

    def is_as_new_as(self, other: "ClubVersion") -> bool:
        """Return True also for a newer version: a request that read the club's row earlier may have its result."""
        same = (self.epoch, self.time_zone, self.day) == (other.epoch, other.time_zone, other.day)
        return same and self.seq >= other.seq and self.figures_version >= other.figures_version


@dataclass(slots=True)
class Slot(Generic[Computed]):
    """The cached result of one club, and the lock that is held while it is computed."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    computed: tuple[ClubVersion, Computed] | None = None


class ClubCache(Generic[Computed]):
    """Calls `compute` once for each version of a club.

    The caller reads the club's row before `compute` reads the other tables. A change in between raises the row's
    numbers, so the next request computes again.
    """

    def __init__(self, compute: Callable[[Club, datetime], Computed]) -> None:
        self.compute = compute
        self.slots: OrderedDict[int, Slot[Computed]] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, club: Club, now: datetime) -> Computed:
        """Return the result for a club whose row was read in this request. Concurrent requests wait for one result."""
        version, slot = ClubVersion.of(club, now), self.slot_of(club.pk)
        if not slot.lock.acquire(blocking=False):
            give_back_connection()  # or the waiting threads could hold every connection that `compute` needs
            slot.lock.acquire()
        try:
            if slot.computed is None or not slot.computed[0].is_as_new_as(version):
                slot.computed = version, self.compute(club, now)
            return slot.computed[1]
        finally:
            slot.lock.release()

    def slot_of(self, club_id: int) -> Slot[Computed]:
        with self.lock:
            slot = self.slots.setdefault(club_id, Slot())
            self.slots.move_to_end(club_id)
            while len(self.slots) > MOST_CLUBS:
                self.slots.popitem(last=False)
            return slot
