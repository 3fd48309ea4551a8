"""The cache that rate limits count in: Redis, and while Redis is away or refuses, this process's own memory.

Nobody is kept from signing in because Redis restarts, hangs or is full, and the limits go on holding, a process at a
time.
"""

import logging
import time
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
LOOK_AGAIN_S = 5.0
PATIENCE_S = 0.5
MOST_ENTRIES = 20_000


class SteadyRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        patience = {"socket_timeout": PATIENCE_S, "socket_connect_timeout": PATIENCE_S, "retry": None}
        super().__init__(server, params | {"OPTIONS": patience | params.get("OPTIONS", {})})
        self.own_memory = LocMemCache("while-redis-is-away", {"max_entries": MOST_ENTRIES})

    def steadily(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= away_until():
            try:
                return getattr(super(), operation)(*args, **kwargs)
            except RedisError as error:
                stay_away(error)
        return getattr(self.own_memory, operation)(*args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self.steadily("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self.steadily("set", *args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self.steadily("add", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self.steadily("delete", *args, **kwargs)


# Django makes a cache object for each thread; that Redis is away is known to all of them.
absence = {"until": 0.0}


def away_until() -> float:
    return absence["until"]


def stay_away(error: RedisError) -> None:
    absence["until"] = time.monotonic() + LOOK_AGAIN_S
    logger.warning("the cache is in this process's memory while Redis does not serve", extra={"reason": repr(error)})
