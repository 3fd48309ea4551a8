"""The peers of our event streams, in a Django site of their own: django-eventstream, and a StreamingHttpResponse.

Both get entries over Redis, and run on daphne. The second is written as in Django's documentation: an asynchronous
generator for each client.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import include, path
from redis.asyncio import Redis

from bench.fanout_peers.publishing import TOPIC

REDIS_PORT = int(os.environ.get("REDIS_PORT", "0"))

if not settings.configured:
    settings.configure(
        SECRET_KEY=os.urandom(20).hex(),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django_eventstream"],
        EVENTSTREAM_REDIS={"host": "127.0.0.1", "port": REDIS_PORT, "socket_timeout": None},
        USE_TZ=True,
    )
    django.setup()

queues: set["asyncio.Queue[str]"] = set()
tasks: list["asyncio.Task[None]"] = []


async def pass_on_entries() -> None:
    """Put each entry from Redis into the queue of every client."""
    subscription = Redis(host="127.0.0.1", port=REDIS_PORT, socket_timeout=None).pubsub()
    await subscription.subscribe(TOPIC)
    while True:
        message: Any = await subscription.get_message(ignore_subscribe_messages=True, timeout=None)
        if message is not None:
            event = f"event: entry.added\ndata: {message['data'].decode()}\n\n"
            for queue in queues:
                queue.put_nowait(event)


async def entries() -> AsyncIterator[str]:
    if not tasks:
        tasks.append(asyncio.create_task(pass_on_entries()))
    queue = asyncio.Queue[str]()
    queues.add(queue)
    try:
        yield "retry: 3000\n\n"
        while True:
            yield await queue.get()
    finally:
        queues.discard(queue)


async def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(entries(), content_type="text/event-stream")


urlpatterns = [
    path("streaming/", stream),
    path("eventstream/", include("django_eventstream.urls"), {"channels": [TOPIC]}),
]
application = get_asgi_application()
