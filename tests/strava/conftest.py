"""Fixtures: the stand-in for Strava, a client for it, and a Redis for each test that needs one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulators.process import StandIn
from strava_live.http.retry import Retry
from strava_live.http.transport import Timeouts
from strava_live.strava.budget import Budget, MemoryBudget
from strava_live.strava.client import Strava
from tests.strava.client_settings import AT_ONCE, BRIEF, ENDLESS
from tests.strava.one_token import OneToken
from tests.strava.redis_process import RedisProcess


@pytest.fixture(scope="session")
def strava_process() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def strava_site(strava_process: StandIn) -> Iterator[StandIn]:
    """The stand-in, without faults and with limits too high to reach."""
    strava_process.clear_faults()
    strava_process.limits(overall=(10**6, 10**6), read=(10**6, 10**6), used=(0, 0), window_s=10**7, headers=True)
    yield strava_process
    strava_process.clear_faults()


@pytest.fixture
def connect(strava_site: StandIn) -> Callable[..., Strava]:
    """A function that makes clients for the stand-in, or for another URL."""

    def make(
        url: str | None = None, *, budget: Budget | None = None, timeouts: Timeouts = BRIEF, retry: Retry = AT_ONCE
    ) -> Strava:
        return Strava(
            oauth_url=f"{url or strava_site.url}/oauth",
            api_url=f"{url or strava_site.url}/api/v3",
            client_id="stand-in",
            client_secret="stand-in-secret",
            budget=budget or MemoryBudget(ENDLESS),
            timeouts=timeouts,
            retry=retry,
        )

    return make


@pytest.fixture
def strava(connect: Callable[..., Strava]) -> Strava:
    return connect()


@pytest.fixture
def tokens_of(strava_site: StandIn) -> Callable[..., OneToken]:
    """A function that makes a token source for an athlete of the stand-in."""

    def make(athlete_id: int, scope: str = "read,activity:read") -> OneToken:
        return OneToken(strava_site.grant(athlete_id, scope)["access_token"])

    return make


@pytest.fixture
def redis_process(tmp_path: Path) -> Iterator[RedisProcess]:
    running = RedisProcess(tmp_path)
    yield running
    running.stop()
