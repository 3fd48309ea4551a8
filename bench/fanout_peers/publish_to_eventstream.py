"""Publish entries to django-eventstream over its channel in Redis: publish_to_eventstream REDIS_URL."""

import json
import sys

from redis.asyncio import Redis

from bench.fanout_peers.publishing import TOPIC, compact, entry, publish_on_command

redis = Redis.from_url(sys.argv[1])


async def send(number: int) -> None:
    event = {"channel": TOPIC, "event_type": "entry.added", "data": compact(entry(number)), "pub_id": str(number)}
    await redis.publish("events_channel", json.dumps(event))


if __name__ == "__main__":
    publish_on_command(send)
