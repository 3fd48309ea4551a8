"""Events of Strava while something is broken: the database, Redis, Strava, or a clock. Nothing is lost.

One site serves all tests; each has a club of its own, and mends what it has broken.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulators.process import StandIn
from tests.live.connected_clubs import ConnectedClub, connected_club
from tests.live.feed_client import FeedClient, following
from tests.live.flood import all_sent
from tests.live.webhook_site import (
    SECRET,
    differences,
    forged,
    in_site,
    subscribe,
    until,
    until_handled,
    webhook_settings,
)
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases
from tests.services.frozen import frozen
from tests.services.postgres_server import PostgresServer
from tests.services.redis_server import RedisServer, running_redis
from tests.services.started import started
from tests.strava_of import lift_limits

pytestmark = pytest.mark.services

RETRY_S = 2.0
"""The seconds between two attempts of the stand-in. It makes three, so it gives up after four seconds."""


@dataclass(frozen=True)
class Scene:
    """A site of one web process and a worker, and what it depends on."""

    site: LiveSite
    stand_in: StandIn
    postgres: PostgresServer
    redis: RedisServer

    def club(self, members: int) -> ConnectedClub:
        return connected_club(self.site, self.stand_in, members=members)

    def attempts(self, athletes: list[int]) -> list[list[int]]:
        """Return with which statuses the site has answered the events of these athletes."""
        deliveries = self.stand_in.webhooks()["deliveries"]
        return [one["attempts"] for one in deliveries if one["event"]["owner_id"] in athletes]

    async def until_right(self, club: ConnectedClub) -> None:
        """Wait until all events are delivered and handled. Check that nothing was lost."""
        await all_sent(self.stand_in)
        await until_handled(self.site)
        assert await asyncio.to_thread(differences, self.site, self.stand_in, club) == []
        assert all(attempts[-1] == 200 for attempts in self.attempts(club.athletes))


@pytest.fixture(scope="module")
def scene(module_sites: LiveSites, migrated_databases: MigratedDatabases, postgres_url: str) -> Iterator[Scene]:
    postgres_at, redis_at = started("TEST_POSTGRES_PROGRAMS", "Postgres"), started("TEST_REDIS_PROGRAM", "Redis")
    with (
        StandIn("--no-cast", "--webhook-secret", SECRET) as stand_in,
        migrated_databases.own_postgres(Path(postgres_at), postgres_url) as postgres,
        running_redis(Path(redis_at)) as redis,
    ):
        lift_limits(stand_in)
        stand_in.webhooks(retry_s=RETRY_S)
        settings = {"DJANGO_SETTINGS_MODULE": "tests.live_settings", **webhook_settings(stand_in, signed=True)}
        site = module_sites(DATABASE_URL=postgres.url, REDIS_URL=redis.url, **settings)
        site.start("web")
        site.start("worker")
        subscribe(site)
        yield Scene(site, stand_in, postgres, redis)
        site.stop()


async def finish(scene: Scene, athletes: list[int]) -> list[dict[str, Any]]:
    return [await asyncio.to_thread(scene.stand_in.finish_parkrun, one) for one in athletes]


async def test_database_that_is_stopped_and_frozen(scene: Scene) -> None:
    club = scene.club(members=6)
    stopped, hung = club.athletes[:3], club.athletes[3:]

    scene.postgres.stop()
    await finish(scene, stopped)
    await until(lambda: [one[:1] for one in scene.attempts(stopped)] == [[503]] * 3)
    scene.postgres.start()
    await scene.until_right(club)

    with frozen(scene.postgres):
        await finish(scene, hung)
        await until(lambda: [one[:1] for one in scene.attempts(hung)] == [[503]] * 3)
    await scene.until_right(club)


async def test_redis_that_is_down(scene: Scene) -> None:
    """The wall gets the parkruns because the hub compares its clubs with the database every two seconds."""
    club = scene.club(members=3)
    wall = FeedClient(scene.site.url, f"/ws/screens/{club.keys[0]}/")

    async with following(wall):
        scene.redis.stop()
        await finish(scene, club.athletes)
        await scene.until_right(club)
        await wall.until(lambda: len(wall.feed.entries) >= 3)
        scene.redis.start()


async def test_strava_that_is_down(scene: Scene) -> None:
    """A deleted activity is hidden at once, and everything else arrives once Strava answers again."""
    club = scene.club(members=4)
    wall = FeedClient(scene.site.url, f"/ws/screens/{club.keys[0]}/")
    deleted, *others = club.athletes
    [made] = await finish(scene, [deleted])
    await scene.until_right(club)

    async with following(wall):
        fault = scene.stand_in.fault("server_error", "api")
        scene.stand_in.delete_activity(made["id"])
        await finish(scene, others)
        await until(lambda: int(in_site(scene.site, "paused_runs", "strava_down")) == 4)
        await wall.until_heard("entry.removed")
        scene.stand_in.clear_fault(fault)
        await scene.until_right(club)


async def test_clocks_that_are_wrong_by_minutes(scene: Scene) -> None:
    club = scene.club(members=1)
    subscription = int(in_site(scene.site, "subscription_id"))
    [made] = await finish(scene, club.athletes)
    event = forged("delete", club.athletes[0], made["id"], subscription=subscription)
    ahead, days_ahead = (event | {"event_time": event["event_time"] + late_s} for late_s in (600, 3 * 86_400))

    answers = [
        await asyncio.to_thread(scene.stand_in.forge_webhook, one, signature=signature)
        for one, signature in ((event, "stale"), (days_ahead, "right"), (ahead, "right"))
    ]

    assert answers == [403, 400, 200]
    log = scene.site.log.read_text()
    assert "the signature is more than five minutes old or ahead: is this machine's clock right?" in log
    assert "event_time is not a time in seconds between 2009 and tomorrow" in log
    await scene.until_right(club)
