"""Leaky bucket, a rate limit: how many messages or forms may arrive at once, and how soon more may follow.

A bucket is stored as one number: the time at which it will be empty, in whole microseconds. Redis does the same
arithmetic in Lua (site_config/cache.py).
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
        """Return when the bucket will be empty after one more message at `now`. Before, that time was `empty_at`."""
        return max(empty_at, now) + self.step

    def overflow(self, empty_at: int, now: int) -> int:
        """Return how many microseconds too early the last message was added; 0 if the bucket holds it.

        `empty_at` is the result of `after_one_more`.
        """
        return max(0, empty_at - now - self.seconds * 1_000_000)


MESSAGES = Rate(60, 10)
"""The rate of messages on one socket, and of forms of one person: 60 in 10 seconds."""
