"""Publish entries to the naive server with `group_send` of the channel layer: publish_to_layer REDIS_URL."""

import sys

from channels_redis.core import RedisChannelLayer  # type: ignore[import-untyped]

from bench.fanout_peers.naive import HOSTS_THAT_WORK
from bench.fanout_peers.publishing import TOPIC, entry, publish_on_command

layer = RedisChannelLayer(hosts=[{"address": sys.argv[1], **HOSTS_THAT_WORK}])


async def send(number: int) -> None:
    await layer.group_send(TOPIC, {"type": "feed.update", "entry": entry(number)})


if __name__ == "__main__":
    publish_on_command(send)
