"""How long a change at the stand-in takes until the sockets of a member, a wall and the athlete have it."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from bench.webhooks.sites import Running
from tests.live.connected_clubs import ConnectedClub
from tests.live.feed_client import FeedClient
from tests.live.visitor import Visitor

CHANGES = ("rename", "make private", "make public again", "delete", "revoke")


async def time_changes(
    site: Running, club: ConnectedClub, member: FeedClient, wall: FeedClient, count: int
) -> dict[str, list[float]]:
    """Let each of the first `count` athletes make every change. Return the milliseconds of each."""
    took: dict[str, list[float]] = {change: [] for change in CHANGES}
    for number in range(count):
        for change, ms in (await time_changes_of(site, club, member, wall, number)).items():
            took[change].append(ms)
    return took


async def time_changes_of(
    site: Running, club: ConnectedClub, member: FeedClient, wall: FeedClient, number: int
) -> dict[str, float]:
    stand_in, athlete = site.stand_in, club.athletes[number]
    activity = stand_in.activities(athlete)[0]["id"]

    def change(**values: Any) -> Callable[[], object]:
        return lambda: stand_in.change_activity(activity, **values)

    async def on_both(change: Callable[[], object], kind: str) -> float:
        """Make a change and wait until both sockets of the club have a message of this type about it."""
        heard = {client: len(client.heard) for client in (member, wall)}
        began = time.monotonic()
        await asyncio.to_thread(change)
        for client, before in heard.items():
            await client.until(lambda c=client, b=before: any(m["type"] == kind for _, m in c.heard[b:]))
        took = (time.monotonic() - began) * 1000
        await asyncio.sleep(1.1)  # Strava's events have whole seconds: a later one must differ
        return took

    took = {"rename": await time_rename(site, club, number, activity)}
    took["make private"] = await on_both(change(visibility="only_me"), "entry.removed")
    took["make public again"] = await on_both(change(visibility="everyone"), "entry.added")
    took["delete"] = await on_both(lambda: stand_in.delete_activity(activity), "entry.removed")
    await on_both(lambda: stand_in.finish_parkrun(athlete), "entry.added")
    took["revoke"] = await on_both(lambda: stand_in.revoke(athlete), "entry.removed")
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
