"""Django's cache, in which rate limits are counted: Redis, or this process's memory while Redis fails.

A Redis that restarts, hangs or is full must not stop people from signing in. Meanwhile each process counts limits by
itself, which the log and /readyz report.
"""

import logging
import threading
import time
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import BlockingConnectionPool
from redis.exceptions import RedisError

from strava_live.leaky_bucket import Rate

logger = logging.getLogger(__name__)
RETRY_REDIS_S = 5.0
"""The seconds after a failure until a request tries Redis again."""
REDIS_TIMEOUT_S = 0.5
MOST_ENTRIES = 20_000
"""The most entries that the cache in memory holds."""
MOST_CONNECTIONS, CONNECTION_WAIT_S = 8, 2.0
"""The most connections that a process has to Redis, and the seconds that a thread waits for a free one."""

# Lua: the leaky bucket, by the clock of Redis. Return the microseconds to wait, or 0 if one was added.
ADD_TO_BUCKET = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local step, span = tonumber(ARGV[1]), tonumber(ARGV[2])
local empty_at = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + step
local overflow = math.max(0, empty_at - now - span)
if overflow == 0 then
    redis.call('SET', KEYS[1], string.format('%.0f', empty_at), 'PX', math.ceil((empty_at - now) / 1000))
end
return overflow
"""
# Lua: keep a member of a set for some seconds, by the clock of Redis, and drop the members whose time is over.
KEEP_IN_SET = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
redis.call('PEXPIREAT', KEYS[1], tonumber(redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]) + 1000)
"""
IS_SET_EMPTY = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
return redis.call('ZCOUNT', KEYS[1], '(' .. now, '+inf') == 0
"""


class MemoryCache(LocMemCache):
    """A cache in this process's memory, shared by all cache objects of the same name."""

    in_process_only = False
    """Whether limits hold in only one of several processes. False: a site without Redis has only one process."""
    bucket_lock = threading.Lock()

    def add_to_bucket(self, key: str, rate: Rate) -> float:
        """Add one to the leaky bucket `key` and return 0. If it is full, add none and return the seconds to wait."""
        with self.bucket_lock:
            now = microseconds()
            empty_at = rate.after_one_more(self.get(key, 0), now)
            overflow = rate.overflow(empty_at, now)
            if not overflow:
                self.set(key, empty_at, rate.seconds + 1)
        return overflow / 1_000_000

    def keep_in_set(self, key: str, member: str, seconds: float) -> None:
        """Keep a member of the set `key` for `seconds` from now, whether it is new or not."""
        with self.bucket_lock:
            now = time.monotonic()
            members = {one: until for one, until in self.get(key, {}).items() if until > now}
            members[member] = now + seconds
            self.set(key, members, max(members.values()) - now + 1)

    def is_set_empty(self, key: str) -> bool:
        now = time.monotonic()
        return all(until <= now for until in self.get(key, {}).values())


def microseconds() -> int:
    """Return the time of a monotonic clock."""
    return time.monotonic_ns() // 1000


class PooledRedisCache(RedisCache):
    """Django's Redis cache, with one limited pool of connections for the whole process.

    Django creates a cache object for each request. In Django's own class each object has a pool of its own, whose
    connections stay open until the pool is garbage collected.
    """

    @property
    def _cache(self) -> RedisCacheClient:
        return client_for(self._servers, self._options)  # type: ignore[attr-defined]  # missing in the stubs

    def add_to_bucket(self, key: str, rate: Rate) -> float:
        """Add one to the leaky bucket `key` and return 0. If it is full, add none and return the seconds to wait."""
        full_key = self.make_and_validate_key(key)
        client = self._cache.get_client(full_key, write=True)
        overflow = client.eval(ADD_TO_BUCKET, 1, full_key, rate.step, rate.seconds * 1_000_000)
        return int(overflow) / 1_000_000

    def keep_in_set(self, key: str, member: str, seconds: float) -> None:
        """Keep a member of the set `key` for `seconds` from now, whether it is new or not."""
        full_key = self.make_and_validate_key(key)
        client = self._cache.get_client(full_key, write=True)
        client.eval(KEEP_IN_SET, 1, full_key, member, round(seconds * 1000))

    def is_set_empty(self, key: str) -> bool:
        full_key = self.make_and_validate_key(key)
        return bool(self._cache.get_client(full_key, write=True).eval(IS_SET_EMPTY, 1, full_key))


clients: dict[str, RedisCacheClient] = {}
clients_lock = threading.Lock()


def client_for(servers: list[str], options: dict[str, Any]) -> RedisCacheClient:
    """Return this process's client for these servers and options."""
    name = repr((servers, sorted(options.items(), key=str)))
    with clients_lock:
        if name not in clients:
            bounded: dict[str, Any] = {"max_connections": MOST_CONNECTIONS, "timeout": CONNECTION_WAIT_S}
            clients[name] = RedisCacheClient(servers, pool_class=BlockingConnectionPool, **bounded, **options)
            clients[name].get_client(write=True)  # creates the pool while the lock is held
        return clients[name]


class Outage:
    """Whether Redis is failing at present, for all threads of the process.

    While it fails, one request every RETRY_REDIS_S tries Redis. The others use the cache in memory.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.began_at: float | None = None
        self.next_try_at = 0.0

    def may_try(self) -> bool:
        if self.began_at is None:
            return True
        with self.lock:
            if time.monotonic() < self.next_try_at:
                return False
            self.next_try_at = time.monotonic() + RETRY_REDIS_S
        return True

    def failed(self, error: RedisError) -> None:
        with self.lock:
            self.next_try_at = time.monotonic() + RETRY_REDIS_S
            if self.began_at is not None:
                return
            self.began_at = time.monotonic()
        logger.warning("Redis fails: rate limits are counted in this process's memory", extra={"reason": repr(error)})

    def succeeded(self) -> None:
        if self.began_at is None:
            return
        with self.lock:
            began_at, self.began_at = self.began_at, None
        if began_at is not None:
            seconds = round(time.monotonic() - began_at)
            logger.info("Redis works again: rate limits are counted for all processes", extra={"seconds": seconds})


outage = Outage()
memory = MemoryCache("while-redis-is-away", {"max_entries": MOST_ENTRIES})


class FallbackRedisCache(PooledRedisCache):
    """A Redis cache that uses this process's memory while Redis fails."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        timeouts = {"socket_timeout": REDIS_TIMEOUT_S, "socket_connect_timeout": REDIS_TIMEOUT_S, "retry": None}
        super().__init__(server, params | {"OPTIONS": timeouts | params.get("OPTIONS", {})})

    @property
    def in_process_only(self) -> bool:
        return outage.began_at is not None

    def redis_or_memory(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Call the method `operation` of the Redis cache; if Redis fails, call that of the cache in memory."""
        if outage.may_try():
            try:
                answer = getattr(super(), operation)(*args, **kwargs)
            except RedisError as error:
                outage.failed(error)
            else:
                outage.succeeded()
                return answer
        return getattr(memory, operation)(*args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self.redis_or_memory("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self.redis_or_memory("set", *args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self.redis_or_memory("add", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self.redis_or_memory("delete", *args, **kwargs)

    def add_to_bucket(self, key: str, rate: Rate) -> float:
        wait: float = self.redis_or_memory("add_to_bucket", key, rate)
        return wait

    def keep_in_set(self, key: str, member: str, seconds: float) -> None:
        self.redis_or_memory("keep_in_set", key, member, seconds)

    def is_set_empty(self, key: str) -> bool:
        return bool(self.redis_or_memory("is_set_empty", key))
