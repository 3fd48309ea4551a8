"""The channel layer and the cache: in Redis, or in memory if the site is one process without Redis."""

from typing import Any
from urllib.parse import urlsplit

from site_config import environment

REDIS_URL = environment.redis("REDIS_URL")
# Hosted Redis has self-signed certificates, so they are not verified.
REDIS_OPTIONS: dict[str, Any] = {"ssl_cert_reqs": "none"} if REDIS_URL.startswith("rediss://") else {}
# Whether web processes also take up all work that waits (imports, Strava's events) and do all jobs, as a worker does.
WORK_IN_WEB = environment.switch("WORK_IN_WEB", default=not REDIS_URL)
if REDIS_URL:
    # The pub/sub layer, because channels-redis' core layer loses bursts of messages and, with redis-py 8, closes idle
    # sockets. The timeouts limit how long publishing waits for Redis.
    LAYER_TIMEOUTS = {"socket_timeout": 2.0, "socket_connect_timeout": 2.0}
    # Pub/sub ignores the database number in REDIS_URL. The prefix keeps apart sites that share a Redis server.
    LAYER_PREFIX = f"strava_live.{urlsplit(REDIS_URL).path.strip('/') or 0}."
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "site_config.layer.ResilientLayer",
            "CONFIG": {"hosts": [{"address": REDIS_URL, **LAYER_TIMEOUTS, **REDIS_OPTIONS}], "prefix": LAYER_PREFIX},
        }
    }
    CACHES = {
        "default": {"BACKEND": "site_config.cache.FallbackRedisCache", "LOCATION": REDIS_URL, "OPTIONS": REDIS_OPTIONS}
    }
else:
    # One channel brings the announcements to all sockets of a process, so its capacity is large. The channel joins each
    # group only once, so its place in a group must not expire.
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
            "CONFIG": {"capacity": 10_000, "group_expiry": 10 * 365 * 24 * 3600},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "site_config.cache.MemoryCache",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }
