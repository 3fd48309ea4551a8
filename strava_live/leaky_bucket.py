"""Leaky bucket: how many messages or forms may arrive at once, and how soon more may follow.

A bucket is one number, the time at which it will be empty, so that a cache can hold it. Times are whole microseconds.
Redis does the same arithmetic in Lua (site_config/cache.py).
"""

from typing import NamedTuple


class Rate(NamedTuple):
    """Allow `amount` at once, then one more every `seconds / amount` seconds."""

    amount: int
    seconds: int

    @property
    def step(self) -> int:
        return self.seconds * 1_000_000 // self.amount

    def after_one_more(self, empty_at: int, now: int) -> int:
        """Return when the bucket will be empty if one is added now."""
        return max(empty_at, now) + self.step

    def overflow(self, empty_at: int, now: int) -> int:
        """Return how long until the one added last fits, in microseconds; 0 if it fits now."""
        return max(0, empty_at - now - self.seconds * 1_000_000)


MESSAGES = Rate(60, 10)
"""For the messages of one socket, and for the forms of one person."""
