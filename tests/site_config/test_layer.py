"""The channel layer over a real Redis that comes and goes."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import RedisError

from site_config import layer as module
from site_config.layer import WakefulConnection, WakefulLayer
from tests.conftest import started
from tests.patience import PATIENCE_S
from tests.services.redis_server import RedisServer, running_redis

pytestmark = pytest.mark.services


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    with running_redis(Path(started("TEST_REDIS_PROGRAM", "Redis"))) as server:
        yield server


def layer_over(server: RedisServer) -> Any:
    return WakefulLayer(hosts=[{"address": server.url, "socket_timeout": 1.0, "socket_connect_timeout": 1.0}])


async def hears(layer: Any, channel: str, number: int) -> None:
    """Said again and again, for it may be on its way back."""
    async with asyncio.timeout(PATIENCE_S):
        heard = None
        while heard != number:
            with suppress(OSError, TimeoutError, RedisError):
                await layer.group_send("club", {"number": number})
                heard = (await asyncio.wait_for(asyncio.shield(next_of(layer, channel)), 0.5)).get("number")


PENDING: dict[str, "asyncio.Task[dict[str, Any]]"] = {}


def next_of(layer: Any, channel: str) -> "asyncio.Task[dict[str, Any]]":
    """To cancel a `receive` would end the channel, so one that was given up waiting for goes on."""
    if channel not in PENDING or PENDING[channel].done():
        PENDING[channel] = asyncio.create_task(layer.receive(channel))
    return PENDING[channel]


async def test_what_is_announced_first_after_a_restart_is_announced(redis_server: RedisServer) -> None:
    layer = layer_over(redis_server)
    channel = await layer.new_channel()
    await layer.group_add("club", channel)
    await hears(layer, channel, 1)

    redis_server.stop()
    with pytest.raises((OSError, RedisError)):
        await layer.group_send("club", {"number": 2})
    redis_server.start()

    await layer.group_send("club", {"number": 3})
    await hears(layer, channel, 4)


async def test_channels_are_told_when_the_layer_had_to_connect_again(redis_server: RedisServer) -> None:
    layer = layer_over(redis_server)
    channel = await layer.new_channel()
    await layer.group_add("club", channel)
    await hears(layer, channel, 1)
    redis_server.stop()
    redis_server.start()

    async with asyncio.timeout(PATIENCE_S):
        event = await next_of(layer, channel)
    assert event == {"type": "reconnected"}
    await hears(layer, channel, 2)


async def test_redis_that_has_vanished_without_a_word_is_left_for_a_new_connection(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUIET_S", 0.2)
    layer = layer_over(redis_server)
    channel = await layer.new_channel()
    await layer.group_add("club", channel)
    await hears(layer, channel, 1)
    (connection,) = layer._get_layer()._shards
    before = connection._pubsub.connection._writer
    await asyncio.sleep(1)
    assert connection._pubsub.connection._writer is before, "a Redis that is only quiet is kept"

    assert redis_server.process is not None
    redis_server.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(1)
    assert connection._pubsub.connection._writer is not before
    redis_server.process.send_signal(signal.SIGCONT)
    await hears(layer, channel, 2)


async def test_while_redis_hangs_nobody_waits_behind_others(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One behind the other a hundred would wait for fifty seconds, five times as long as they are given."""
    monkeypatch.setattr(module, "PATIENCE_S", 0.5)
    tried = count_attempts(monkeypatch)
    layer = layer_over(redis_server)
    channel = await layer.new_channel()
    await layer.group_add("club", channel)
    await hears(layer, channel, 1)
    assert redis_server.process is not None
    redis_server.process.send_signal(signal.SIGSTOP)

    (connection,) = layer._get_layer()._shards
    tried.clear()

    await fail(layer, 1)
    connection.away_until += PATIENCE_S  # as if all of this happened in a moment
    await fail(layer, 4)
    assert len(tried) == 1, "Redis has just not answered"
    connection.away_until = 0.0
    async with asyncio.timeout(10):
        await fail(layer, 100)
    assert len(tried) == 101, "each waits for itself"
    connection.away_until = 0.0
    redis_server.process.send_signal(signal.SIGCONT)
    await hears(layer, channel, 2)


def count_attempts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The channels of all that is published from now on."""
    publish, tried = WakefulConnection.publish_now, list[str]()

    async def noted(connection: WakefulConnection, channel: str, message: bytes) -> None:
        tried.append(channel)
        await publish(connection, channel, message)

    monkeypatch.setattr(WakefulConnection, "publish_now", noted)
    return tried


async def fail(layer: Any, announcements: int) -> None:
    """All at once."""
    for one in await asyncio.gather(
        *(layer.group_send("club", {"number": 0}) for _ in range(announcements)), return_exceptions=True
    ):
        assert isinstance(one, (OSError, RedisError))


async def test_whatever_the_receiver_stumbles_over_it_goes_on(redis_server: RedisServer) -> None:
    layer = layer_over(redis_server)
    channel = await layer.new_channel()
    await layer.group_add("club", channel)
    (connection,) = layer._get_layer()._shards
    as_it_is, stumbled = connection.receive, asyncio.Event()

    async def stumble() -> None:
        connection.receive = as_it_is
        stumbled.set()
        raise RuntimeError("readuntil() called while another coroutine is already waiting for incoming data")

    connection.receive = stumble
    await hears(layer, channel, 1)  # by the call that was under way
    await stumbled.wait()
    await hears(layer, channel, 2)
