"""Strava's rate limits for one application: an overall and a read limit, each for a short window and for the UTC day.

The short window is usually a quarter of an hour. Windows of 900 seconds begin at :00, :15, :30 and :45. Calls that are
refused count too.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

DAY_S = 86_400


@dataclass(slots=True)
class Limits:
    """The rate limits and how much is used. Limits are pairs: for the short window and for the day."""

    clock: Callable[[], float]
    overall: tuple[int, int] = (400, 4000)
    read: tuple[int, int] = (200, 2000)
    window_s: int = 900
    headers_shown: bool = True
    """Whether responses have the headers about limits."""
    highest: tuple[int, int] = (0, 0)
    """The most that was ever used in a window and in a day."""
    rejected: int = 0
    """How many calls were refused."""
    _windows: tuple[int, int] = (0, 0)
    _used: list[int] = field(default_factory=lambda: [0, 0])

    def spend(self) -> str | None:
        """Count a call. Return the name of the limit that it exceeds, or None. All calls count as reads."""
        self._turn()
        self._used[0] += 1
        self._used[1] += 1
        self.highest = (max(self.highest[0], self._used[0]), max(self.highest[1], self._used[1]))
        for name, limit in (("read rate limit", self.read), ("overall rate limit", self.overall)):
            if self._used[0] > limit[0] or self._used[1] > limit[1]:
                self.rejected += 1
                return name
        return None

    def headers(self) -> dict[str, str]:
        """Return the four headers about limits, or none if they are switched off."""
        if not self.headers_shown:
            return {}
        used = ",".join(map(str, self.used()))
        return {
            "X-RateLimit-Limit": f"{self.overall[0]},{self.overall[1]}",
            "X-RateLimit-Usage": used,
            "X-ReadRateLimit-Limit": f"{self.read[0]},{self.read[1]}",
            "X-ReadRateLimit-Usage": used,
        }

    def used(self) -> tuple[int, int]:
        self._turn()
        return self._used[0], self._used[1]

    def set_used(self, short: int, day: int) -> None:
        self._turn()
        self._used = [short, day]

    def window_ends(self) -> int:
        now = int(self.clock())
        return now - now % self.window_s + self.window_s

    def _turn(self) -> None:
        now = int(self.clock())
        windows = now // self.window_s, now // DAY_S
        for which in (0, 1):
            if windows[which] != self._windows[which]:
                self._used[which] = 0
        self._windows = windows
