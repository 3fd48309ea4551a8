"""Check whether the stored list of events is empty or old, and warn the operator."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import DatabaseError
from django.utils import timezone

from strava_live.parkrun.models import CatalogueState, ParkrunEvent

logger = logging.getLogger(__name__)

OLD_AFTER = timedelta(days=180)
"""A list that is older than this is old. It lacks many events, because parkrun opens a few every week."""
LIST_ADDRESS = "https://images.parkrun.com/events.json"
"""Where parkrun publishes its list of events."""
WARN_EVERY_S = 3600.0
"""The fewest seconds between two checks of the list."""


@dataclass(frozen=True)
class Freshness:
    """Whether the list of events is good, its size and date in words, and what the operator should do about it."""

    good: bool
    what: str
    advice: str = ""


def catalogue_freshness(today: date) -> Freshness:
    """Check the number of open events and the date of the list, with two small queries."""
    events = ParkrunEvent.objects.listed().filter(closed_on=None).count()
    if not events:
        return Freshness(False, "none are loaded: no parkrun is recognised", "run manage.py load_parkrun_events")
    loaded = CatalogueState.loaded_list()
    newer = f"run manage.py load_parkrun_events {LIST_ADDRESS}"
    if loaded is None:
        return Freshness(False, f"{events:,}, of a list whose date is not known", newer)
    if today - loaded.dated > OLD_AFTER:
        return Freshness(False, f"{events:,}, of an old list ({loaded.dated})", newer)
    return Freshness(True, f"{events:,}, of the list of {loaded.dated}")


class FreshnessWarning:
    """Log a warning if the list of events is empty or old: at the first call, then at most once an hour."""

    def __init__(self, *, every_s: float = WARN_EVERY_S, clock: Callable[[], float] = time.monotonic) -> None:
        self.every_s, self.clock = every_s, clock
        self.due_at = clock()

    def __call__(self) -> None:
        if self.clock() < self.due_at:
            return
        self.due_at = self.clock() + self.every_s
        try:
            found = catalogue_freshness(timezone.now().date())
        except DatabaseError:
            return  # the tables may not be migrated yet
        if not found.good:
            logger.warning("parkrun events need loading", extra={"events": found.what, "advice": found.advice})


warn_if_not_fresh = FreshnessWarning()
"""The only instance of the process."""
