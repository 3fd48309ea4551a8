"""Failures in the middle of a sync: it still ends, the table equals Strava, and both open pages have every row."""

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from simulators.process import StandIn
from tests.live.founding import newcomer
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases
from tests.patience import PATIENCE_S
from tests.services.postgres_server import PostgresServer
from tests.services.redis_server import RedisServer, running_redis
from tests.services.started import started
from tests.site_process import SiteProcess
from tests.strava_of import lift_limits, strava_of
from tests.sync.follower import Follower, shown

pytestmark = pytest.mark.services
ACTIVITIES = 1200
WINDOW_S = 5
"""As tests.live_settings says."""


@dataclass
class TwoWebs:
    """A site of two web processes; runs are started at the first."""

    site: LiveSite
    owner: SiteProcess
    other_url: str


@dataclass
class Scene:
    """A site with two web processes, an athlete, and a follower at each process."""

    webs: TwoWebs
    stand_in: StandIn
    strava_id: int
    first: Follower
    second: Follower

    def truth(self) -> set[int]:
        return self.stand_in.given_ids(self.strava_id)

    def table(self) -> set[int]:
        code = (
            "import json\nfrom strava_live.activities.models import Activity\n"
            f"of_athlete = Activity.objects.filter(athlete__strava__strava_id={self.strava_id})\n"
            "print(json.dumps(list(of_athlete.values_list('strava_id', flat=True))))"
        )
        return set(json.loads(self.webs.site.manage("shell", "--verbosity", "0", "-c", code)))


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with running_redis(Path(started("TEST_REDIS_PROGRAM", "Redis"))) as server:
        yield server


@pytest.fixture
def stand_in(stand_in_process: StandIn) -> Iterator[StandIn]:
    lift_limits(stand_in_process)
    yield stand_in_process
    stand_in_process.clear_faults()
    lift_limits(stand_in_process)


def two_webs(sites: LiveSites, stand_in: StandIn, redis: RedisServer, database: str, *, work_in_web: bool) -> TwoWebs:
    site = sites(
        REDIS_URL=redis.url,
        DATABASE_URL=database,
        DJANGO_SETTINGS_MODULE="tests.live_settings",
        WORK_IN_WEB="1" if work_in_web else "0",
        **strava_of(stand_in),
    )
    owner = site.start("web")
    _, other_url = site.start_another_web()
    if not work_in_web:
        site.start("worker")
    return TwoWebs(site, owner, other_url)


@pytest.fixture(params=["work in web", "one worker"])
def webs(
    request: pytest.FixtureRequest, stand_in: StandIn, redis: RedisServer, postgres_database: str, live_sites: LiveSites
) -> TwoWebs:
    return two_webs(live_sites, stand_in, redis, postgres_database, work_in_web=request.param == "work in web")


@pytest.fixture(scope="module")
def steady_webs(
    module_sites: LiveSites,
    migrated_databases: MigratedDatabases,
    postgres_url: str,
    redis: RedisServer,
    stand_in_process: StandIn,
) -> TwoWebs:
    """For tests that do not trouble the site itself."""
    database = migrated_databases.postgres(postgres_url)
    return two_webs(module_sites, stand_in_process, redis, database, work_in_web=True)


def scene_on(webs: TwoWebs, stand_in: StandIn) -> Scene:
    strava_id = stand_in.add_athlete(activities=ACTIVITIES)
    visitor = newcomer(webs.site, f"athlete{strava_id}")
    visitor.connect_strava(stand_in, strava_id)
    stand_in.fault("drip", "activities", ms=2)
    first, second = Follower(visitor, webs.site.url, webs.other_url), Follower(visitor, webs.other_url)
    return Scene(webs, stand_in, strava_id, first, second)


async def go_through(scene: Scene, trouble: Callable[[], Awaitable[None]]) -> None:
    """Start at the first process, run `trouble` after 300 rows, and check that the sync finishes."""
    scene.first.start_wanted = True
    watching = [scene.second.start(), scene.first.start()]
    try:
        async with asyncio.timeout(2 * PATIENCE_S):
            await scene.first.until(300)
            await trouble()
            await asyncio.gather(*watching)
    except TimeoutError:
        log = scene.webs.site.log.read_text()[-3000:]
        pytest.fail(f"{shown(scene.first)}\n{shown(scene.second)}\n{log}")
    assert scene.first.run
    assert scene.first.run["state"] == "finished", scene.first.run
    assert await asyncio.to_thread(scene.table) == scene.truth()
    assert set(scene.first.items) == set(scene.second.items) == scene.truth()
    assert scene.first.run["found"] == len(scene.truth())


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["kill", "deployment"])
async def test_end_of_the_process_that_runs_it(webs: TwoWebs, stand_in: StandIn, how: signal.Signals) -> None:
    async def end() -> None:
        webs.owner.send_signal(how)

    await go_through(scene_on(webs, stand_in), end)


async def restart(server: RedisServer | PostgresServer) -> None:
    await asyncio.to_thread(server.stop)
    await asyncio.sleep(1)
    await asyncio.to_thread(server.start)


async def test_redis_restarted(steady_webs: TwoWebs, stand_in: StandIn, redis: RedisServer) -> None:
    await go_through(scene_on(steady_webs, stand_in), partial(restart, redis))


async def test_postgres_restarted(
    stand_in: StandIn,
    redis: RedisServer,
    own_postgres: PostgresServer,
    live_sites: LiveSites,  # the last to start is the first to end: while its servers still answer
) -> None:
    webs = two_webs(live_sites, stand_in, redis, own_postgres.url, work_in_web=True)
    await go_through(scene_on(webs, stand_in), partial(restart, own_postgres))


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "server_error", "endpoint": "activities", "seconds": 5},
        {"kind": "truncate", "endpoint": "activities", "bytes": 50_000, "calls": 2},
        {"kind": "drop", "endpoint": "activities", "calls": 1},
    ],
    ids=lambda fault: fault["kind"],
)
async def test_strava_failing(steady_webs: TwoWebs, stand_in: StandIn, fault: dict[str, Any]) -> None:
    async def fail() -> None:
        await asyncio.to_thread(stand_in.fault, **fault)

    await go_through(scene_on(steady_webs, stand_in), fail)


async def test_limit_spent_until_its_window_turns(steady_webs: TwoWebs, stand_in: StandIn) -> None:
    scene = scene_on(steady_webs, stand_in)

    async def spend() -> None:
        scarce = [3, 1000]
        await asyncio.to_thread(stand_in.limits, overall=scarce, read=scarce, window_s=WINDOW_S)

    await go_through(scene, spend)

    assert "sync.waiting" in scene.first.types


async def test_token_expired_in_the_middle(steady_webs: TwoWebs, stand_in: StandIn) -> None:
    scene = scene_on(steady_webs, stand_in)

    async def expire() -> None:
        await asyncio.to_thread(stand_in.expire_tokens, scene.strava_id)

    await go_through(scene, expire)
