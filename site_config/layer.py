"""The channel layer over Redis: the pub/sub layer of channels-redis, with four changes.

- It waits for messages. The original polls Redis ten times a second, which costs a process with a thousand idle sockets
  a fifth of its CPU time.
- It notices a Redis that has vanished without closing the connection. The original waits for ever.
- It publishes on a new connection if the old one is broken. The original loses the first message after Redis restarts.
- It limits how long publishing may take. In the original, while Redis hangs, each message waits until those before it
  have timed out.
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
"""The seconds without a message after which Redis is pinged. If no answer comes within QUIET_S, reconnect."""
RETRY_AFTER_S = 0.5
"""The seconds to wait after receiving from Redis has failed."""
PUBLISH_TIMEOUT_S = 2.0
"""The most seconds that publishing takes, including a second try. See also `down_until`."""


class ReportingPubSub(PubSub):
    """A subscription that reports to its layer when it has reconnected: messages published in between are lost."""

    connection_of_layer: "ResilientConnection"

    async def on_connect(self, connection: Any) -> None:
        await super().on_connect(connection)
        self.connection_of_layer.announce_reconnected()


class ResilientConnection(RedisSingleShardConnection):
    """The layer's connection to one Redis server, with the four changes."""

    pinged_at: float | None = None
    """When Redis was pinged; None if it has answered since."""
    down_until = 0.0
    """The time until which publishing fails at once: PUBLISH_TIMEOUT_S after the last timeout."""

    async def publish(self, channel: str, message: bytes) -> None:
        if time.monotonic() < self.down_until:
            raise RedisConnectionError("Redis did not answer a moment ago")
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                await self.publish_with_retry(channel, message)
        except (TimeoutError, RedisTimeoutError):
            self.down_until = time.monotonic() + PUBLISH_TIMEOUT_S
            raise

    async def publish_with_retry(self, channel: str, message: bytes) -> None:
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

    def announce_reconnected(self) -> None:
        """Send the message `reconnected` to every channel of this process.

        The process has subscribed to its groups again by now, so later messages arrive.
        """
        event = self.channel_layer.channel_layer.serialize({"type": "reconnected"})
        for waiting in self.channel_layer.channels.values():
            waiting.put_nowait(event)

    async def _do_receiving(self) -> None:
        """Receive messages for all channels of this process, until cancelled."""
        while True:
            try:
                if self._pubsub.subscribed:
                    await self.receive()
                else:
                    await asyncio.sleep(0.1)
            except (RedisError, OSError) as error:
                logger.warning("Redis cannot be reached", extra={"reason": repr(error)})
                await asyncio.sleep(RETRY_AFTER_S)
            except Exception as error:
                # Subscribing uses the same connection. While it is being opened, two coroutines may read from it at
                # once, which asyncio reports as a RuntimeError. No other loop receives for this process, so this one
                # must survive every error.
                logger.warning("receiving from Redis failed: reconnecting", extra={"reason": repr(error)})
                with suppress(Exception):
                    await self.drop_connection()
                await asyncio.sleep(RETRY_AFTER_S)

    async def drop_connection(self) -> None:
        """Disconnect from Redis. The next read connects and subscribes again."""
        if (connection := self._pubsub.connection) is not None:
            await connection.disconnect()

    async def receive(self) -> None:
        """Wait for a message and pass it on. If none arrives, ping Redis; if that gets no answer, reconnect."""
        message = await self._pubsub.get_message(ignore_subscribe_messages=True, timeout=QUIET_S)
        if message is not None:
            self.pinged_at = None
            self._receive_message(message)
        elif self.pinged_at is None:
            self.pinged_at = time.monotonic()
            await self._pubsub.ping()
        elif time.monotonic() - self.pinged_at >= QUIET_S:
            self.pinged_at = None
            await self.drop_connection()
            raise RedisConnectionError("no answer")


class ResilientLayer(RedisPubSubChannelLayer):
    """The channel layer of the setting CHANNEL_LAYERS: a `ResilientConnection` for each event loop."""

    def _get_layer(self) -> RedisPubSubLoopLayer:
        is_new = asyncio.get_running_loop() not in self._layers
        layer = super()._get_layer()
        if is_new:
            layer._shards = [ResilientConnection(shard.host, layer) for shard in layer._shards]
        return layer
