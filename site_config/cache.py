"""The cache that rate limits count in: Redis, and while Redis is away this process's own memory.

Nobody is kept from signing in because Redis restarts, and the limits go on holding, a process at a time.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

logger = logging.getLogger(__name__)


class SteadyRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.own_memory = LocMemCache("while-redis-is-away", {})

    def steadily(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        through_redis: Callable[..., Any] = getattr(super(), operation)
        try:
            return through_redis(*args, **kwargs)
        except (RedisConnectionError, RedisTimeoutError):
            logger.warning("cache is in this process's memory while Redis does not answer")
            return getattr(self.own_memory, operation)(*args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self.steadily("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self.steadily("set", *args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self.steadily("add", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self.steadily("delete", *args, **kwargs)
