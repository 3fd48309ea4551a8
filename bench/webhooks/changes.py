"""How long a change at the stand-in takes until the sockets of a member, a wall and the athlete have it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench.webhooks.sites import Running
from tests.live.connected_clubs import ConnectedClub
from tests.live.feed_client import FeedClient
from tests.live.visitor import Visitor

CHANGES = ("rename", "make private", "make public again", "delete", "revoke")


@dataclass(frozen=True)
class Sockets:
    """The sockets of a member and a wall of one club."""

    member: FeedClient
    wall: FeedClient

    async def time(self, change: Callable[[], object], kind: str) -> float:
        """Make a change and wait until both sockets have a message of this type. Return the milliseconds."""
        heard = [(client, len(client.heard)) for client in (self.member, self.wall)]
        began = time.monotonic()
        await asyncio.to_thread(change)
        for client, before in heard:
            await client.until(partial(has_message, client, before, kind))
        took = (time.monotonic() - began) * 1000
        await asyncio.sleep(1.1)  # Strava's events have whole seconds: a later one must differ
        return took


def has_message(client: FeedClient, before: int, kind: str) -> bool:
    """Return whether a client has got a message of this type after its first `before` messages."""
    return any(message["type"] == kind for _, message in client.heard[before:])


async def time_changes(site: Running, club: ConnectedClub, sockets: Sockets, count: int) -> dict[str, list[float]]:
    """Let each of the first `count` athletes make every change. Return the milliseconds of each."""
    took: dict[str, list[float]] = {change: [] for change in CHANGES}
    for number in range(count):
        for change, ms in (await time_changes_of(site, club, sockets, number)).items():
            took[change].append(ms)
    return took


async def time_changes_of(site: Running, club: ConnectedClub, sockets: Sockets, number: int) -> dict[str, float]:
    stand_in, athlete = site.stand_in, club.athletes[number]
    activity = stand_in.activities(athlete)[0]["id"]
    edit = partial(stand_in.change_activity, activity)
    took = {"rename": await time_rename(site, club, number, activity)}
    took["make private"] = await sockets.time(partial(edit, visibility="only_me"), "entry.removed")
    took["make public again"] = await sockets.time(partial(edit, visibility="everyone"), "entry.added")
    took["delete"] = await sockets.time(partial(stand_in.delete_activity, activity), "entry.removed")
    await sockets.time(partial(stand_in.finish_parkrun, athlete), "entry.added")
    took["revoke"] = await sockets.time(partial(stand_in.revoke, athlete), "entry.removed")
    return took


async def time_rename(site: Running, club: ConnectedClub, number: int, activity: int) -> float:
    """Rename an activity, and wait until the athlete's own socket has its new name."""
    athlete = Visitor(site.site.url)
    athlete.jar.set("sessionid", club.sessions[number])
    async with athlete.socket() as talk:
        await talk.next()
        began = time.monotonic()
        await asyncio.to_thread(site.stand_in.change_activity, activity, name=f"Renamed {number}")
        while talk.items().get(activity, {}).get("name") != f"Renamed {number}":
            await talk.next()
        return (time.monotonic() - began) * 1000
