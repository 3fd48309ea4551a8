"""Publish entries to a Redis channel, for the servers that subscribe to it: publish_to_redis REDIS_URL."""

import sys

from redis.asyncio import Redis

from bench.fanout_peers.publishing import TOPIC, compact, entry, publish_on_command

redis = Redis.from_url(sys.argv[1])


async def send(number: int) -> None:
    await redis.publish(TOPIC, compact(entry(number)))


if __name__ == "__main__":
    publish_on_command(send)
