"""Print when each announcement for a club arrives: `python -m bench.webhooks.listener CLUB`, in the site's environment.

It subscribes to the club's group in the channel layer, as a hub does, and prints epoch seconds.
"""

import asyncio
import sys
import time

import django
from channels.layers import get_channel_layer

from strava_live.broadcast import club_group


async def listen(club_id: int) -> None:
    layer = get_channel_layer()
    assert layer is not None
    channel = await layer.new_channel()
    await layer.group_add(club_group(club_id), channel)
    print("listening", flush=True)
    while True:
        event = await layer.receive(channel)
        if event["type"] == "club.changes":
            print(time.time(), flush=True)


if __name__ == "__main__":
    django.setup()
    asyncio.run(listen(int(sys.argv[1])))
