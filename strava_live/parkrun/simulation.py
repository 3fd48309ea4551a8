"""Read from the stand-in for Strava which Saturday it simulates, and let the rules accept it. Only in development.

The stand-in answers `{"occasion": {"event": "bushy", "started_at": "2026-11-27T14:05:00Z"}}`, or `{"occasion": null}`
while it simulates none. `earlier` may list Saturdays that have ended, in the same form. They are accepted too.
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.conf import settings
from django.utils import timezone

from strava_live.http.errors import TemporaryError
from strava_live.http.transport import Request, Timeouts, send
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.simulated import SimulatedSaturday

KEPT = timedelta(days=2)
"""How long a Saturday is accepted, counted from its start. An activity may reach us late, with a routine sync."""
TIMEOUTS = Timeouts(connect=2, read=2, pool=2, total=3)
LONGEST_BYTES = 100_000

logger = logging.getLogger(__name__)


class SaturdayReader:
    """Read settings.OCCASION_URL once at each call. Without an answer, keep the last one.

    Log only the first of several failures in a row.
    """

    def __init__(self) -> None:
        self.is_answered = True
        """Whether the last call got a usable answer."""

    async def __call__(self) -> None:
        """Let the rules accept the Saturdays of the answer, and those of earlier answers that are recent."""
        try:
            answered = saturdays_in(await read_answer(settings.OCCASION_URL))
        except (TemporaryError, ValueError, KeyError, TypeError, OverflowError) as error:
            if self.is_answered:
                logger.warning("no answer about a simulated Saturday", extra={"error": repr(error)})
            self.is_answered = False
        else:
            self.is_answered = True
            catalogue.accept(recent(chain(answered, catalogue.simulated), now=timezone.now()))


read_simulated_saturdays = SaturdayReader()
"""The only instance of the process."""


async def read_answer(url: str) -> Any:
    """Return the JSON that the stand-in answers. Raise TemporaryError or ValueError without a usable answer."""
    async with send(Request("GET", url), timeouts=TIMEOUTS, max_bytes=LONGEST_BYTES) as response:
        if response.status != 200:
            raise ValueError(f"status {response.status}")
        return json.loads(await response.body())


def saturdays_in(answer: Any) -> list[SimulatedSaturday]:
    """Return the Saturdays of an answer. Raise ValueError, KeyError or TypeError if it has another form."""
    current = answer["occasion"]
    named = [*([current] if current else []), *answer.get("earlier", [])]
    return [SimulatedSaturday.at(str(one["event"]), one["started_at"]) for one in named]


def recent(saturdays: Iterable[SimulatedSaturday], *, now: datetime) -> tuple[SimulatedSaturday, ...]:
    """Return each Saturday once, without those that started longer than KEPT ago."""
    return tuple(one for one in dict.fromkeys(saturdays) if one.started_at > now - KEPT)
