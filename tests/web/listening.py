"""Receive what a view announces to the sockets of an athlete after its transaction was committed."""

import asyncio
import json
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection

from strava_live.broadcast import Marks, athlete_group
from tests.patience import PATIENCE_S

Json = dict[str, Any]


class Listener:
    """A channel that receives an athlete's announcements, as that of a socket does."""

    def __init__(self, athlete_id: int) -> None:
        run_on_commit_callbacks()  # of what the test has done before: those announcements are not received
        self.layer: Any = get_channel_layer()
        self.channel: str = async_to_sync(self.join)(athlete_group(athlete_id))

    async def join(self, group: str) -> str:
        channel: str = await self.layer.new_channel()
        await self.layer.group_add(group, channel)
        return channel

    def frame(self, within_s: float = PATIENCE_S) -> tuple[list[Json], Marks]:
        """Return the messages of the next announcement and its marks (the numbers of the changes).

        Raise TimeoutError if none arrives.
        """
        run_on_commit_callbacks()
        event = async_to_sync(self.next)(within_s)
        messages = json.loads(event["frame"])
        return messages if isinstance(messages, list) else [messages], Marks(event["before"], event["mark"])

    async def next(self, within_s: float) -> Json:
        event: Json = await asyncio.wait_for(self.layer.receive(self.channel), within_s)
        return event


def run_on_commit_callbacks() -> None:
    """Call the functions that were registered with `on_commit`: the transaction of a test is never committed."""
    callbacks, connection.run_on_commit = connection.run_on_commit, []
    for entry in callbacks:
        entry[1]()
