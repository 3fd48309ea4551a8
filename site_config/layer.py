"""The channel layer over Redis: channels-redis' pub/sub layer, which is woken when something comes.

As it is, it looks ten times a second, which for a process with a thousand idle sockets is a fifth of all that it does;
it waits for ever for a Redis that has vanished without a word; and what is announced first after a restart of Redis
fails on the connection of before.
"""

import asyncio
import logging
import time

from channels_redis.pubsub import (  # type: ignore[import-untyped]
    RedisPubSubChannelLayer,
    RedisPubSubLoopLayer,
    RedisSingleShardConnection,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
QUIET_S = 5.0
"""After such a silence Redis is asked whether it is there, and given up if it is silent once more."""
AGAIN_AFTER_S = 0.5


class WakefulConnection(RedisSingleShardConnection):
    asked_at: float | None = None

    async def publish(self, channel: str, message: bytes) -> None:
        try:
            await super().publish(channel, message)
        except RedisConnectionError:
            await super().publish(channel, message)

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
            await self._pubsub.connection.disconnect()  # connected and subscribed again when it is read next
            raise RedisConnectionError("no answer")


class WakefulLayer(RedisPubSubChannelLayer):
    def _get_layer(self) -> RedisPubSubLoopLayer:
        is_new = asyncio.get_running_loop() not in self._layers
        layer = super()._get_layer()
        if is_new:
            layer._shards = [WakefulConnection(shard.host, layer) for shard in layer._shards]
        return layer
