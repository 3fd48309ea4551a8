"""Record whether an athlete is watching their sync: whether they have a socket at /ws/sync/ open.

The first calls of an import that its athlete watches have a higher priority in the budget of calls to Strava
(strava.limits.Lane). Nothing else depends on it. Each open socket renews an entry in the cache. If its process is
killed, the entry expires by itself.
"""

import time

from asgiref.sync import sync_to_async
from django.core.cache import cache

EXPIRES_AFTER_S = 60
"""How long an athlete counts as watching after a socket has renewed the entry."""
READ_CACHE_EVERY_S = 2.0
"""How long an answer of the cache is used before the cache is asked again."""

recent_answers: dict[int, tuple[float, bool]] = {}
"""When the cache was last read or written here about an athlete, and the answer, by athlete."""


async def note_watched(athlete_id: int) -> None:
    """Record that the athlete is watching, for the next EXPIRES_AFTER_S seconds."""
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
