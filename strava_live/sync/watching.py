"""Whether an athlete's sync page is open. It decides only how a run spends the budget of Strava calls.

Each socket renews a cache entry while it is open. A process that is killed leaves an entry that expires by itself.
"""

import time

from asgiref.sync import sync_to_async
from django.core.cache import cache

EXPIRES_AFTER_S = 60
READ_CACHE_EVERY_S = 2.0

recent_answers: dict[int, tuple[float, bool]] = {}
"""By athlete: when the cache was last read or written here, and the answer."""


async def note_watched(athlete_id: int) -> None:
    """Record that a socket of the athlete is open, for the next minute."""
    recent_answers[athlete_id] = time.monotonic(), True
    await sync_to_async(cache.set, thread_sensitive=False)(key_of(athlete_id), True, EXPIRES_AFTER_S)


async def is_watched(athlete_id: int) -> bool:
    at, answer = recent_answers.get(athlete_id, (0.0, False))
    if time.monotonic() - at < READ_CACHE_EVERY_S:
        return answer
    answer = bool(await sync_to_async(cache.get, thread_sensitive=False)(key_of(athlete_id)))
    recent_answers[athlete_id] = time.monotonic(), answer
    return answer


def key_of(athlete_id: int) -> str:
    return f"watched.{athlete_id}"
