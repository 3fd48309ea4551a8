"""A simulated Saturday: a parkrun that the stand-in for Strava holds at one event, on any day and at any hour.

The rules accept it only if the atlas has it, which needs the setting OCCASION_URL and so DEBUG (simulation.py).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

SIMULATED_AT = "simulated_at"
"""The name of the parameter in which a reason has the start of a simulated Saturday, in ISO 8601."""


@dataclass(frozen=True, slots=True)
class SimulatedSaturday:
    """A simulated Saturday: the slug of its event, and when all runners started."""

    event: str
    started_at: datetime

    @classmethod
    def at(cls, event: str, started_at: str) -> Self:
        """Return the Saturday that started at an instant in ISO 8601. Raise ValueError if it is not an instant.

        Seconds are dropped, because a reason shows the announced start in full minutes.
        """
        instant = datetime.fromisoformat(started_at)
        if instant.tzinfo is None:
            raise ValueError("a start without an offset from UTC")
        return cls(event, instant.astimezone(UTC).replace(second=0, microsecond=0))
