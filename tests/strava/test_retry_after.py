"""Retry-After over real HTTP: the client waits for a short time, and passes a long one on to the caller."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from simulators.process import StandIn
from strava_live.http.retry import Retry
from strava_live.http.transport import Timeouts
from strava_live.strava.budget import MemoryBudget
from strava_live.strava.client import Strava
from strava_live.strava.errors import RateLimited, StravaDown
from strava_live.strava.limits import Lane, Meters, Policy, WindowLengths
from tests.strava.one_token import OneToken

TokensOf = Callable[..., OneToken]
Way = Callable[[Strava, OneToken], Awaitable[None]]
Connect = Callable[..., Strava]
PATIENT = Retry(attempts=3, first_s=0.01, longest_s=2.0)
SHORT_WINDOWS = Policy(limits=Meters(10**6, 10**6, 10**6, 10**6), windows=WindowLengths(quarter_s=5.0))


async def call(strava: Strava, tokens: OneToken) -> None:
    await strava.athlete(tokens)


async def walk(strava: Strava, tokens: OneToken) -> None:
    async for _ in strava.activities(tokens, lane=Lane.PERSON):
        pass


ways = pytest.mark.parametrize(("endpoint", "way"), [("athlete", call), ("activities", walk)])


@ways
async def test_client_waits_as_long_as_asked(
    connect: Connect, strava_site: StandIn, tokens_of: TokensOf, endpoint: str, way: Way
) -> None:
    tokens = tokens_of(strava_site.add_athlete(activities=1))
    strava_site.fault("server_error", endpoint, status=503, calls=1, retry_after="0.4")
    began = time.monotonic()

    await way(connect(retry=PATIENT), tokens)

    assert time.monotonic() - began >= 0.4


@ways
async def test_long_wait_ends_the_attempts_and_is_passed_on(
    connect: Connect, strava_site: StandIn, tokens_of: TokensOf, endpoint: str, way: Way
) -> None:
    tokens = tokens_of(strava_site.add_athlete(activities=1))
    calls = strava_site.stats()["calls"].get(endpoint, 0)
    strava_site.fault("server_error", endpoint, status=503, retry_after="30")

    with pytest.raises(StravaDown) as caught:
        await way(connect(retry=PATIENT), tokens)

    assert caught.value.retry_after == 30
    assert strava_site.stats()["calls"][endpoint] == calls + 1


async def test_wait_beyond_the_time_for_the_call_is_passed_on(
    connect: Connect, strava_site: StandIn, tokens_of: TokensOf
) -> None:
    tokens = tokens_of(strava_site.add_athlete(activities=1))
    strava_site.fault("server_error", "athlete", status=503, retry_after="9")
    strava = connect(retry=Retry(longest_s=10.0), timeouts=Timeouts(total=8.0))

    with pytest.raises(StravaDown) as caught:
        await strava.athlete(tokens)

    assert caught.value.retry_after == 9


@pytest.mark.parametrize("asked", ["120", "1e9"])
async def test_rate_limit_lasts_as_long_as_asked_but_at_most_an_hour(
    connect: Connect, strava_site: StandIn, tokens_of: TokensOf, asked: str
) -> None:
    tokens = tokens_of(strava_site.add_athlete(activities=1))
    strava_site.fault("rate_limited", "athlete", calls=1, retry_after=asked)
    now = datetime.now(UTC)

    with pytest.raises(RateLimited) as caught:
        await connect(budget=MemoryBudget(SHORT_WINDOWS)).athlete(tokens)

    assert timedelta(seconds=120) <= caught.value.until - now <= timedelta(seconds=3660)


async def test_rate_limit_lasts_until_the_window_ends(
    connect: Connect, strava_site: StandIn, tokens_of: TokensOf
) -> None:
    tokens = tokens_of(strava_site.add_athlete(activities=1))
    strava = connect()
    strava_site.fault("rate_limited", "athlete", calls=1, retry_after="1")

    with pytest.raises(RateLimited) as caught:
        await strava.athlete(tokens)

    assert caught.value.until > (await strava.budget.status()).quarter_ends
