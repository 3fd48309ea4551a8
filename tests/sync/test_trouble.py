"""Failures in the middle of a sync: it still ends, the table equals Strava, and both open pages have every row."""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulators.process import StandIn
from tests.conftest import started
from tests.live.visitor import Visitor
from tests.live_site import LiveSite, LiveSites
from tests.services.postgres_server import PostgresServer
from tests.services.redis_server import RedisServer, running_redis
from tests.strava_of import strava_of
from tests.sync.follower import Follower, shown

pytestmark = pytest.mark.services
ACTIVITIES = 1200
PATIENCE_S = 90
WINDOW_S = 20


@dataclass
class Scene:
    """A site with two web processes, an athlete, and a follower at each process."""

    site: LiveSite
    stand_in: StandIn
    strava_id: int
    first: Follower
    second: Follower
    owner_pid: int
    redis: RedisServer
    postgres: PostgresServer

    def truth(self) -> set[int]:
        return self.stand_in.given_ids(self.strava_id)

    def table(self) -> set[int]:
        code = (
            "import json\nfrom strava_live.activities.models import Activity\n"
            "print(json.dumps(list(Activity.objects.values_list('strava_id', flat=True))))"
        )
        return set(json.loads(self.site.manage("shell", "--verbosity", "0", "-c", code)))


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with running_redis(Path(started("TEST_REDIS_PROGRAM", "Redis"))) as server:
        yield server


@pytest.fixture
def stand_in(stand_in_process: StandIn) -> Iterator[StandIn]:
    stand_in_process.limits(overall=[100_000, 1_000_000], read=[100_000, 1_000_000], window_s=900)
    yield stand_in_process
    stand_in_process.clear_faults()
    stand_in_process.limits(overall=[100_000, 1_000_000], read=[100_000, 1_000_000], window_s=900)


@pytest.fixture(params=["work in web", "one worker"])
async def scene(
    request: pytest.FixtureRequest,
    stand_in: StandIn,
    redis: RedisServer,
    own_postgres: PostgresServer,
    live_sites: LiveSites,  # the last argument is finalized first, while Redis and Postgres still answer
) -> Scene:
    site = live_sites(
        REDIS_URL=redis.url,
        DATABASE_URL=own_postgres.url,
        DJANGO_SETTINGS_MODULE="tests.live_settings",
        WORK_IN_WEB="1" if request.param == "work in web" else "0",
        **strava_of(stand_in),
    )
    owner = site.start("web")
    _, other_url = site.start_another_web()
    if request.param == "one worker":
        site.start("worker")
    strava_id = stand_in.add_athlete(activities=ACTIVITIES)
    visitor = Visitor(site.url)
    visitor.sign_up("alva")
    visitor.connect_strava(stand_in, strava_id)
    stand_in.fault("drip", "activities", ms=2)
    first, second = Follower(visitor, site.url, other_url), Follower(visitor, other_url)
    return Scene(site, stand_in, strava_id, first, second, owner.pid, redis, own_postgres)


async def go_through(scene: Scene, trouble: Callable[[], Awaitable[None]]) -> None:
    """Start at the first process, run `trouble` after 300 rows, and check that the sync finishes."""
    scene.first.start_wanted = True
    watching = [scene.second.start(), scene.first.start()]
    try:
        async with asyncio.timeout(PATIENCE_S):
            await scene.first.until(300)
            await trouble()
            await asyncio.gather(*watching)
    except TimeoutError:
        log = scene.site.log.read_text()[-3000:]
        pytest.fail(f"{shown(scene.first)}\n{shown(scene.second)}\n{log}")
    assert scene.first.run
    assert scene.first.run["state"] == "finished", scene.first.run
    assert await asyncio.to_thread(scene.table) == scene.truth()
    assert set(scene.first.items) == set(scene.second.items) == scene.truth()
    assert scene.first.run["found"] == len(scene.truth())


async def test_kill_of_the_process_that_runs_it(scene: Scene) -> None:
    async def kill() -> None:
        os.kill(scene.owner_pid, signal.SIGKILL)

    await go_through(scene, kill)


async def test_deployment_of_the_process_that_runs_it(scene: Scene) -> None:
    async def terminate() -> None:
        os.kill(scene.owner_pid, signal.SIGTERM)

    await go_through(scene, terminate)


@pytest.mark.parametrize("scene", ["work in web"], indirect=True)
async def test_redis_restarted(scene: Scene) -> None:
    async def restart() -> None:
        await asyncio.to_thread(scene.redis.stop)
        await asyncio.sleep(1)
        await asyncio.to_thread(scene.redis.start)

    await go_through(scene, restart)


@pytest.mark.parametrize("scene", ["work in web"], indirect=True)
async def test_postgres_restarted(scene: Scene) -> None:
    async def restart() -> None:
        await asyncio.to_thread(scene.postgres.stop)
        await asyncio.sleep(1)
        await asyncio.to_thread(scene.postgres.start)

    await go_through(scene, restart)


@pytest.mark.parametrize("scene", ["work in web"], indirect=True)
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "server_error", "endpoint": "activities", "seconds": 10},
        {"kind": "truncate", "endpoint": "activities", "bytes": 50_000, "calls": 2},
        {"kind": "drop", "endpoint": "activities", "calls": 1},
    ],
    ids=lambda fault: fault["kind"],
)
async def test_strava_failing(scene: Scene, fault: dict[str, Any]) -> None:
    async def fail() -> None:
        await asyncio.to_thread(scene.stand_in.fault, **fault)

    await go_through(scene, fail)


@pytest.mark.parametrize("scene", ["work in web"], indirect=True)
async def test_limit_spent_until_its_window_turns(scene: Scene) -> None:
    async def spend() -> None:
        scarce = [3, 1000]
        await asyncio.to_thread(scene.stand_in.limits, overall=scarce, read=scarce, window_s=WINDOW_S)

    await go_through(scene, spend)

    assert "sync.waiting" in scene.first.types


@pytest.mark.parametrize("scene", ["work in web"], indirect=True)
async def test_token_expired_in_the_middle(scene: Scene) -> None:
    async def expire() -> None:
        await asyncio.to_thread(scene.stand_in.expire_tokens, scene.strava_id)

    await go_through(scene, expire)
