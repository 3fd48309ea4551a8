"""A hub to which the channel layer delivers nothing any more: it notices, /readyz says so, and it subscribes again."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from pytest_django import Settings
from redis import Redis

from strava_live.broadcast import EVICTIONS, close_sockets, member_target
from strava_live.database import on_database
from strava_live.hub.counts import counts_here
from strava_live.hub.hub import hub
from strava_live.protocol import Close
from strava_live.social.posts import post
from strava_live.web.health import readiness
from tests.hub.club_cast import ClubCast
from tests.hub.in_process_socket import eventually
from tests.hub.unreliable import UnreliableLayer
from tests.live.feed_client import FeedClient, following
from tests.live.founding import FoundClub, found_club
from tests.live_site import LiveSites
from tests.patience import PATIENCE_S
from tests.services.redis_server import running_redis
from tests.services.started import started
from tests.web.readyz import READY, wait_for_readyz

DEAF = (503, {"status": "unavailable", "missing": ["hub"]})


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    settings.HUB_DEAF_AFTER_S = 0.3


async def ready_here() -> tuple[int, dict[str, Any]]:
    answer = await sync_to_async(readiness, thread_sensitive=False)()
    return answer.status_code, json.loads(answer.content)


def subscriptions(layer: UnreliableLayer) -> list[str]:
    """Return the groups of the channel layer that the hub's channel is in."""
    return sorted(group for group, channels in layer.groups.items() if hub().subscriptions.channel in channels)


async def test_hub_that_lost_its_subscriptions_subscribes_again(
    cast: ClubCast, layer: UnreliableLayer, caplog: pytest.LogCaptureFixture
) -> None:
    socket, wall = cast.member(0), cast.wall()
    await socket.frame(0)
    await wall.frame(0)
    before, old = subscriptions(layer), hub().subscriptions.channel
    assert before == sorted([EVICTIONS, f"club.{cast.club.pk}"])

    layer.groups.clear()  # behind the hub's back
    await on_database(post)(cast.members[1], cast.club.pk, "Not announced to this hub")
    await eventually(lambda: hub().subscriptions.channel not in {"", old})
    await eventually(lambda: subscriptions(layer) == before)

    assert (await socket.frame(1))["entry"]["text"] == "Not announced to this hub"
    await eventually(lambda: not hub().layer_monitor.is_deaf)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "nothing arrives from the channel layer: subscribing again"
    ]
    await eventually(lambda: "figures.changed" in wall.types())
    await close_sockets(member_target(cast.club.pk, cast.members[0]), Close.NOT_ALLOWED)
    assert await socket.close_code() == Close.NOT_ALLOWED
    assert old not in layer.channels


async def test_readyz_names_the_hub_until_a_ping_comes_back(
    cast: ClubCast, layer: UnreliableLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub has no sockets, and its new subscriptions are lost as well, until the channel layer works again."""
    await eventually(lambda: hub().layer_monitor.received)
    assert await ready_here() == READY

    join = layer.group_add

    async def join_nothing(group: str, channel: str) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(layer, "group_add", join_nothing)
    layer.groups.clear()
    await eventually(lambda: hub().layer_monitor.is_deaf)
    assert await ready_here() == DEAF
    channel = hub().subscriptions.channel
    await eventually(lambda: hub().subscriptions.channel not in {"", channel})  # it keeps trying
    assert await ready_here() == DEAF

    monkeypatch.setattr(layer, "group_add", join)
    await eventually(lambda: not hub().layer_monitor.is_deaf)
    assert await ready_here() == READY


async def test_hub_is_not_deaf_while_the_layer_is_away(cast: ClubCast, layer: UnreliableLayer) -> None:
    """The channel layer accepts nothing. A new channel would not help, and /readyz names the layer."""
    await eventually(lambda: hub().layer_monitor.received)
    channel, sent = hub().subscriptions.channel, hub().layer_monitor.sent
    layer.is_away = True

    await eventually(lambda: hub().layer_monitor.sent > sent + 10)

    assert (hub().layer_monitor.is_deaf, hub().subscriptions.channel) == (False, channel)
    assert await ready_here() == (503, {"status": "unavailable", "missing": ["channel_layer"]})


async def test_process_that_was_suspended_is_not_deaf(cast: ClubCast, layer: UnreliableLayer) -> None:
    """Its last ping is long overdue because it has not been read yet."""
    await eventually(lambda: hub().layer_monitor.received)
    monitor = hub().layer_monitor
    monitor.missing = [-1000.0, -999.0]

    assert not monitor.must_resubscribe()


async def test_counts_of_the_hub(cast: ClubCast, layer: UnreliableLayer) -> None:
    sockets = [cast.member(0), cast.member(1), cast.wall()]
    for socket in sockets:
        await socket.frame(0)
    await eventually(lambda: hub().layer_monitor.round_trip_s is not None)

    found = await sync_to_async(counts_here, thread_sensitive=False)()

    assert found is not None
    assert found.sockets == {"member": 2, "screen": 1, "personal": 0, "stream": 0}
    assert (found.rooms, found.groups, found.failed_groups, found.joining) == (1, 2, 0, 0)
    assert (found.early, found.is_deaf) == (0, False)


@pytest.mark.services
async def test_site_hears_again_over_redis_with_and_without_a_socket(live_sites: LiveSites) -> None:
    """Redis ends the connection that receives and refuses to subscribe again, while it still accepts messages."""
    with running_redis(Path(started("TEST_REDIS_PROGRAM", "Redis"))) as server, Redis.from_url(server.url) as redis:
        site = live_sites(DJANGO_SETTINGS_MODULE="tests.deaf_settings", REDIS_URL=server.url)
        club = found_club(site)
        site.start("web")
        wait_for_readyz(site.url, READY)

        make_deaf(redis)
        await asyncio.to_thread(wait_for_readyz, site.url, DEAF)
        heal(redis)
        await asyncio.to_thread(wait_for_readyz, site.url, READY)

        member = FeedClient(site.url, f"/ws/clubs/{club.slug}/", club.sessions[0])
        async with following(member):
            groups = group_channels(redis)
            assert len(groups) >= 2
            make_deaf(redis)
            await asyncio.to_thread(wait_for_readyz, site.url, DEAF)
            heal(redis)
            await asyncio.to_thread(wait_for_readyz, site.url, READY)

            assert group_channels(redis) == groups
            await asyncio.to_thread(site.manage, "shell", "-v", "0", "-c", announce_a_cheer(club))
            await member.until_heard("cheer.mine", PATIENCE_S, id=1, cheered=True)
            assert member.connections_made == 1


def make_deaf(redis: Any) -> None:
    redis.execute_command("ACL", "SETUSER", "default", "-subscribe")
    redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")


def heal(redis: Any) -> None:
    redis.execute_command("ACL", "SETUSER", "default", "+subscribe")


def group_channels(redis: Any) -> set[bytes]:
    """Return the channels of Redis by which groups of the channel layer are received."""
    return {channel for channel in redis.pubsub_channels() if b"__group__" in channel}


def announce_a_cheer(club: FoundClub) -> str:
    """Return code that announces a cheer to a member, which is in no table: only an announcement can bring it."""
    return f"""
from asgiref.sync import async_to_sync
from strava_live.broadcast import announce_to_member
from strava_live.protocol import CheerMine
async_to_sync(announce_to_member)({club.pk}, {club.members[0]}, CheerMine(id=1, cheered=True))
"""
