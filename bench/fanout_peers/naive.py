"""The naive server: a Channels consumer as tutorials write it, each socket in a group of channels-redis' core layer."""

import json
import os
from typing import Any

import django
from django.conf import settings

# By default, redis-py 8 closes an idle socket after five seconds and limits a pool to 100 connections.
HOSTS_THAT_WORK = {"socket_timeout": None, "max_connections": 100_000}

if not settings.configured:
    settings.configure(
        SECRET_KEY=os.urandom(20).hex(),
        INSTALLED_APPS=["channels"],
        USE_TZ=True,
        CHANNEL_LAYERS={
            "default": {
                "BACKEND": "channels_redis.core.RedisChannelLayer",
                "CONFIG": {"hosts": [{"address": os.environ.get("REDIS_URL", ""), **HOSTS_THAT_WORK}]},
            }
        },
    )
    django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402


class FeedConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.channel_layer.group_add("feed", self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard("feed", self.channel_name)

    async def feed_update(self, event: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(event["entry"], separators=(",", ":")))


application = FeedConsumer.as_asgi()
