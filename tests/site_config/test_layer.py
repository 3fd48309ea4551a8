"""The channel layer over a real Redis that is stopped, started and frozen."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import RedisError

from site_config import layer as module
from site_config.layer import ResilientConnection, ResilientLayer
from tests.patience import PATIENCE_S
from tests.services.redis_server import RedisServer, running_redis
from tests.services.started import started

pytestmark = pytest.mark.services


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    with running_redis(Path(started("TEST_REDIS_PROGRAM", "Redis"))) as server:
        yield server


def layer_over(server: RedisServer) -> Any:
    return ResilientLayer(hosts=[{"address": server.url, "socket_timeout": 5.0, "socket_connect_timeout": 5.0}])


async def publish_until_received(layer: Any, channel: str, number: int) -> None:
    """Publish `number` until it arrives: the layer may still be reconnecting."""
    async with asyncio.timeout(PATIENCE_S):
        heard = None
        while heard != number:
            with suppress(OSError, TimeoutError, RedisError):
                await layer.group_send("club", {"number": number})
                heard = (await asyncio.wait_for(asyncio.shield(next_of(layer, channel)), 0.5)).get("number")


PENDING: dict[str, "asyncio.Task[dict[str, Any]]"] = {}


def next_of(layer: Any, channel: str) -> "asyncio.Task[dict[str, Any]]":
    """Return the pending `receive` of the channel. It is never cancelled, because that would close the channel."""
    if channel not in PENDING or PENDING[channel].done():
        PENDING[channel] = asyncio.create_task(layer.receive(channel))
    return PENDING[channel]


async def test_first_message_after_a_restart_of_redis_is_delivered(redis_server: RedisServer) -> None:
    layer = layer_over(redis_server)
    channel = await layer.new_channel()
    await layer.group_add("club", channel)
    await publish_until_received(layer, channel, 1)

    redis_server.stop()
    with pytest.raises((OSError, RedisError)):
        await layer.group_send("club", {"number": 2})
    redis_server.start()

    await layer.group_send("club", {"number": 3})
    await publish_until_received(layer, channel, 4)


async def test_channels_get_a_message_when_the_layer_has_reconnected(redis_server: RedisServer) -> None:
    layer = layer_over(redis_server)
    channel = await layer.new_channel()
    await layer.group_add("club", channel)
    await publish_until_received(layer, channel, 1)
    redis_server.stop()
    redis_server.start()

    async with asyncio.timeout(PATIENCE_S):
        event = await next_of(layer, channel)
    assert event == {"type": "reconnected"}
    await publish_until_received(layer, channel, 2)


async def test_layer_reconnects_if_redis_stops_answering(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUIET_S", 0.2)
    layer = layer_over(redis_server)
    channel = await layer.new_channel()
    await layer.group_add("club", channel)
    await publish_until_received(layer, channel, 1)
    (connection,) = layer._get_layer()._shards
    before = connection._pubsub.connection._writer
    await asyncio.sleep(1)
    assert connection._pubsub.connection._writer is before, "without messages the connection stays open"

    assert redis_server.process is not None
    redis_server.process.send_signal(signal.SIGSTOP)
    async with asyncio.timeout(PATIENCE_S):
        while connection._pubsub.connection._writer is before:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    redis_server.process.send_signal(signal.SIGCONT)
    await publish_until_received(layer, channel, 2)


async def test_publishers_do_not_queue_while_redis_hangs(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a queue a hundred publishers would wait for fifty seconds, five times as long as they are given."""
    monkeypatch.setattr(module, "PUBLISH_TIMEOUT_S", 0.5)
    tried = count_attempts(monkeypatch)
    layer = layer_over(redis_server)
    channel = await layer.new_channel()
    await layer.group_add("club", channel)
    await publish_until_received(layer, channel, 1)
    assert redis_server.process is not None
    redis_server.process.send_signal(signal.SIGSTOP)

    (connection,) = layer._get_layer()._shards
    tried.clear()

    await fail(layer, 1)
    connection.down_until += PATIENCE_S  # no time passes until this is reset
    await fail(layer, 4)
    assert len(tried) == 1, "after a timeout publishing fails at once"
    connection.down_until = 0.0
    async with asyncio.timeout(10):
        await fail(layer, 100)
    assert len(tried) == 101, "each publisher has its own timeout"
    connection.down_until = 0.0
    redis_server.process.send_signal(signal.SIGCONT)
    await publish_until_received(layer, channel, 2)


def count_attempts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which the channel of each attempt to publish is added."""
    publish, tried = ResilientConnection.publish_with_retry, list[str]()

    async def noted(connection: ResilientConnection, channel: str, message: bytes) -> None:
        tried.append(channel)
        await publish(connection, channel, message)

    monkeypatch.setattr(ResilientConnection, "publish_with_retry", noted)
    return tried


async def fail(layer: Any, announcements: int) -> None:
    """Publish several messages at once, all of which fail."""
    for one in await asyncio.gather(
        *(layer.group_send("club", {"number": 0}) for _ in range(announcements)), return_exceptions=True
    ):
        assert isinstance(one, (OSError, RedisError))


async def test_receiving_continues_after_an_unexpected_error(redis_server: RedisServer) -> None:
    layer = layer_over(redis_server)
    channel = await layer.new_channel()
    await layer.group_add("club", channel)
    (connection,) = layer._get_layer()._shards
    original, failed = connection.receive, asyncio.Event()

    async def fail_once() -> None:
        connection.receive = original
        failed.set()
        raise RuntimeError("readuntil() called while another coroutine is already waiting for incoming data")

    connection.receive = fail_once
    await publish_until_received(layer, channel, 1)  # by the call that was under way
    await failed.wait()
    await publish_until_received(layer, channel, 2)
