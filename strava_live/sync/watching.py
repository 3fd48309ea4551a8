"""Whether anybody is looking at an athlete's sync just now. It decides how a run spends the budget, nothing else.

Sockets say so now and again; nobody keeps books of who comes and goes, so a killed process leaves nothing behind.
"""

import time

from asgiref.sync import sync_to_async
from django.core.cache import cache

LASTS_S = 60
LOOK_EVERY_S = 2.0

looked: dict[int, tuple[float, bool]] = {}


async def note_watched(athlete_id: int) -> None:
    looked[athlete_id] = time.monotonic(), True
    await sync_to_async(cache.set, thread_sensitive=False)(key_of(athlete_id), True, LASTS_S)


async def is_watched(athlete_id: int) -> bool:
    at, answer = looked.get(athlete_id, (0.0, False))
    if time.monotonic() - at < LOOK_EVERY_S:
        return answer
    answer = bool(await sync_to_async(cache.get, thread_sensitive=False)(key_of(athlete_id)))
    looked[athlete_id] = time.monotonic(), answer
    return answer


def key_of(athlete_id: int) -> str:
    return f"watched.{athlete_id}"
