"""What is computed from a club's tables, once a process and change: all of its walls ask at the same moment."""

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
"""Kept by a process; those that were asked for longest ago are computed again."""


@dataclass(frozen=True)
class Basis:
    """What it was computed from, as the club's row said before."""

    epoch: str
    time_zone: str
    day: date
    seq: int
    figures_version: int

    @classmethod
    def of(cls, club: Club, now: datetime) -> "Basis":
        day = now.astimezone(zone_or_utc(club.time_zone)).date()
        return cls(club.epoch, club.time_zone, day, club.seq, club.figures_version)

    def is_as_new_as(self, other: "Basis") -> bool:
        """Also newer: who read the club's row a moment earlier need not have its older state."""
        same = (self.epoch, self.time_zone, self.day) == (other.epoch, other.time_zone, other.day)
        return same and self.seq >= other.seq and self.figures_version >= other.figures_version


@dataclass(slots=True)
class Slot(Generic[Computed]):
    """One club's. Its lock is held while it is computed."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    computed: tuple[Basis, Computed] | None = None


class OncePerChange(Generic[Computed]):
    """`compute` reads the tables after the club's row was read, so that a change in between is computed again."""

    def __init__(self, compute: Callable[[Club, datetime], Computed]) -> None:
        self.compute = compute
        self.clubs: OrderedDict[int, Slot[Computed]] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, club: Club, now: datetime) -> Computed:
        """For a club whose row was read in this request. Whoever asks meanwhile waits for the same computation."""
        basis, kept = Basis.of(club, now), self.kept_of(club.pk)
        if not kept.lock.acquire(blocking=False):
            give_back_connection()  # those who wait must not keep the whole pool from the one that computes
            kept.lock.acquire()
        try:
            if kept.computed is None or not kept.computed[0].is_as_new_as(basis):
                kept.computed = basis, self.compute(club, now)
            return kept.computed[1]
        finally:
            kept.lock.release()

    def kept_of(self, club_id: int) -> Slot[Computed]:
        with self.lock:
            kept = self.clubs.setdefault(club_id, Slot())
            self.clubs.move_to_end(club_id)
            while len(self.clubs) > MOST_CLUBS:
                self.clubs.popitem(last=False)
            return kept
