"""The Strava client of this site, configured from the settings, and the budget of calls that all clients share."""

from functools import lru_cache

from django.conf import settings
from redis.asyncio import Redis

from strava_live.strava.budget import Budget, MemoryBudget
from strava_live.strava.budget_redis import RedisBudget
from strava_live.strava.client import Strava
from strava_live.strava.limits import Policy, WindowLengths


def strava() -> Strava:
    return Strava(
        oauth_url=settings.STRAVA_OAUTH_URL,
        api_url=settings.STRAVA_API_URL,
        client_id=settings.STRAVA_CLIENT_ID,
        client_secret=settings.STRAVA_CLIENT_SECRET,
        budget=budget(settings.REDIS_URL, settings.STRAVA_RESERVE, settings.STRAVA_WINDOW_S),
        timeouts=settings.STRAVA_TIMEOUTS,
        retry=settings.STRAVA_RETRY,
    )


@lru_cache(maxsize=1)
def budget(redis_url: str, reserve: float, window_s: float) -> Budget:
    """Return the budget: in Redis for many processes, or in memory if the site is one process without Redis."""
    policy = Policy(reserve=reserve, windows=WindowLengths(quarter_s=window_s))
    if not redis_url:
        return MemoryBudget(policy)
    return RedisBudget(lambda: Redis.from_url(redis_url, **settings.REDIS_OPTIONS), policy)
