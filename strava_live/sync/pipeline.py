"""Reading ahead while what came before is being kept, and never further ahead than two chunks.

A chunk is whatever was read while the chunk before it was being kept: an idle keeper gets a single activity at once, a
busy one many.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from strava_live.strava.payloads import StravaActivity
from strava_live.strava.walk import Walk

CHUNK = 200
# A page that lies ready is read in no time of the network's: others of the process, pings too, get their turn between.
AT_A_STRETCH = 10


@dataclass(frozen=True, slots=True)
class Place:
    """Where the walk stood when an activity had been read."""

    reached: datetime | None
    pages: int
    requests: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Chunk:
    activities: list[StravaActivity]
    place: Place


@dataclass(frozen=True, slots=True)
class End:
    """Nothing more is read; `error` says why, unless it was the end of the walk."""

    error: Exception | None = None


Read = tuple[StravaActivity, Place]


async def chunks(walk: Walk) -> AsyncGenerator[Chunk]:
    """What the walk raises is raised here, after everything that had been read before it."""
    queue: asyncio.Queue[Read | End] = asyncio.Queue(maxsize=2 * CHUNK)
    reading = asyncio.create_task(read_into(queue, walk))
    try:
        while True:
            taken = await take(queue)
            if taken.activities:
                yield Chunk(taken.activities, taken.place)
            if taken.end is not None:
                if taken.end.error is not None:
                    raise taken.end.error
                return
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


@dataclass(slots=True)
class Taken:
    activities: list[StravaActivity]
    place: Place
    end: End | None = None


async def take(queue: "asyncio.Queue[Read | End]") -> Taken:
    """At least one thing, and whatever else is there already, up to a chunk."""
    taken = Taken([], Place(None, 0, 0, 0))
    following: Read | End = await queue.get()
    while True:
        if isinstance(following, End):
            taken.end = following
            return taken
        activity, taken.place = following
        taken.activities.append(activity)
        if len(taken.activities) == CHUNK or queue.empty():
            return taken
        following = queue.get_nowait()


async def read_into(queue: "asyncio.Queue[Read | End]", walk: Walk) -> None:
    try:
        async with aclosing(walk):
            read = 0
            async for activity in walk:
                await queue.put((activity, place_of(walk)))
                read += 1
                if read % AT_A_STRETCH == 0:
                    await asyncio.sleep(0)
    except Exception as error:
        await queue.put(End(error))
    else:
        await queue.put(End())


def place_of(walk: Walk) -> Place:
    return Place(walk.reached, walk.pages, walk.requests, len(walk.skipped))
