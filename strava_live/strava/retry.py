"""How often, and after what pause, something is tried again that may go better a moment later."""

import random
from dataclasses import dataclass

from strava_live.strava.errors import Garbled, StravaDown

# Connections refused and broken, 5xx, bodies cut off. Never a 4xx: Strava meant it.
RETRIED = (StravaDown, Garbled)


@dataclass(frozen=True, slots=True)
class Retry:
    """Full jitter: any pause from nothing up to a bound that doubles, so that many callers do not return together."""

    attempts: int = 4
    first_s: float = 0.5
    longest_s: float = 8.0

    def pause(self, failures: int, *, at_least: float = 0.0) -> float | None:
        """Return the seconds to wait after so many failures in a row, or None to give up.

        `at_least`: the wait that Strava asked for. A long one is left to the caller.
        """
        if failures >= self.attempts or at_least > self.longest_s:
            return None
        jitter = random.uniform(0.0, min(self.longest_s, self.first_s * 2.0 ** (failures - 1)))  # noqa: S311 - no secret
        return at_least + jitter
