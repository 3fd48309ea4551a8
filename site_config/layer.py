"""The channel layer over Redis: channels-redis' pub/sub layer, which is woken when something comes.

As it is, it looks ten times a second, which for a process with a thousand idle sockets is a fifth of all that it does;
it waits for ever for a Redis that has vanished without a word; what is announced first after a restart of Redis fails
on the connection of before; and while Redis hangs, everybody who announces waits behind everybody else's timeout.
"""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any

from channels_redis.pubsub import (  # type: ignore[import-untyped]
    RedisPubSubChannelLayer,
    RedisPubSubLoopLayer,
    RedisSingleShardConnection,
)
from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

logger = logging.getLogger(__name__)
QUIET_S = 5.0
"""After such a silence Redis is asked whether it is there, and given up if it is silent once more."""
AGAIN_AFTER_S = 0.5
PATIENCE_S = 2.0
"""With an announcement, in all. After one that Redis did not answer, none is tried for as long."""


class ReportingPubSub(PubSub):
    """Tells every channel of the layer when it had to connect again: what was announced in between is lost."""

    connection_of_layer: "WakefulConnection"

    async def on_connect(self, connection: Any) -> None:
        await super().on_connect(connection)
        self.connection_of_layer.reconnected()


class WakefulConnection(RedisSingleShardConnection):
    asked_at: float | None = None
    away_until = 0.0

    async def publish(self, channel: str, message: bytes) -> None:
        if time.monotonic() < self.away_until:
            raise RedisConnectionError("Redis did not answer a moment ago")
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self.publish_now(channel, message)
        except (TimeoutError, RedisTimeoutError):
            self.away_until = time.monotonic() + PATIENCE_S
            raise

    async def publish_now(self, channel: str, message: bytes) -> None:
        try:
            await super().publish(channel, message)
        except RedisConnectionError:
            await super().publish(channel, message)

    def _ensure_redis(self) -> None:
        is_new = self._redis is None
        super()._ensure_redis()
        if is_new:
            self._pubsub = ReportingPubSub(self._redis.connection_pool)
            self._pubsub.connection_of_layer = self

    def reconnected(self) -> None:
        """After the groups are subscribed to again, so that nothing is lost from here on."""
        event = self.channel_layer.channel_layer.serialize({"type": "reconnected"})
        for waiting in self.channel_layer.channels.values():
            waiting.put_nowait(event)

    async def _do_receiving(self) -> None:
        while True:
            try:
                if self._pubsub.subscribed:
                    await self.receive()
                else:
                    await asyncio.sleep(0.1)
            except (RedisError, OSError) as error:
                logger.warning("Redis is away", extra={"reason": repr(error)})
                await asyncio.sleep(AGAIN_AFTER_S)
            except Exception as error:
                # Whoever joins a group speaks on the same connection, and on a new one two may find themselves reading
                # at once: asyncio says so by a RuntimeError. Whatever it was, this is the process's only ear.
                logger.warning("begins to listen to Redis anew", extra={"reason": repr(error)})
                with suppress(Exception):
                    await self.drop_connection()
                await asyncio.sleep(AGAIN_AFTER_S)

    async def drop_connection(self) -> None:
        """It is connected and subscribed again when it is read next."""
        if (connection := self._pubsub.connection) is not None:
            await connection.disconnect()

    async def receive(self) -> None:
        message = await self._pubsub.get_message(ignore_subscribe_messages=True, timeout=QUIET_S)
        if message is not None:
            self.asked_at = None
            self._receive_message(message)
        elif self.asked_at is None:
            self.asked_at = time.monotonic()
            await self._pubsub.ping()
        elif time.monotonic() - self.asked_at >= QUIET_S:
            self.asked_at = None
            await self.drop_connection()
            raise RedisConnectionError("no answer")


class WakefulLayer(RedisPubSubChannelLayer):
    def _get_layer(self) -> RedisPubSubLoopLayer:
        is_new = asyncio.get_running_loop() not in self._layers
        layer = super()._get_layer()
        if is_new:
            layer._shards = [WakefulConnection(shard.host, layer) for shard in layer._shards]
        return layer
