"""Read activities from Strava while the activities before them are being stored, at most two chunks ahead.

A chunk holds what was read while the previous chunk was being stored: one activity if the store is idle, up to 200 if
it is busy.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from strava_live.strava.payloads import StravaActivity
from strava_live.strava.walk import Walk

CHUNK = 200
# A page that has arrived is read without waiting. Every ten activities other tasks get a turn of the event loop.
READ_BEFORE_YIELDING = 10


@dataclass(frozen=True, slots=True)
class Place:
    """The walk's position and its counts after an activity was read."""

    reached: datetime | None
    pages: int
    requests: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Chunk:
    activities: list[StravaActivity]
    place: Place


@dataclass(frozen=True, slots=True)
class EndOfWalk:
    """The last item of the queue. `error` is None if the walk has read everything."""

    error: Exception | None = None


Read = tuple[StravaActivity, Place]


async def chunks(walk: Walk) -> AsyncGenerator[Chunk]:
    """Yield the walk's activities in chunks. Raise its error after the activities that were read before it."""
    queue: asyncio.Queue[Read | EndOfWalk] = asyncio.Queue(maxsize=2 * CHUNK)
    reading = asyncio.create_task(read_into(queue, walk))
    try:
        while True:
            batch = await next_batch(queue)
            if batch.activities:
                yield Chunk(batch.activities, batch.place)
            if batch.end is not None:
                if batch.end.error is not None:
                    raise batch.end.error
                return
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


@dataclass(slots=True)
class Batch:
    """Activities taken from the queue, with the end of the walk if it came after them."""

    activities: list[StravaActivity]
    place: Place
    end: EndOfWalk | None = None


async def next_batch(queue: "asyncio.Queue[Read | EndOfWalk]") -> Batch:
    """Wait for one item, then take what else the queue holds, up to a chunk."""
    batch = Batch([], Place(None, 0, 0, 0))
    item: Read | EndOfWalk = await queue.get()
    while True:
        if isinstance(item, EndOfWalk):
            batch.end = item
            return batch
        activity, batch.place = item
        batch.activities.append(activity)
        if len(batch.activities) == CHUNK or queue.empty():
            return batch
        item = queue.get_nowait()


async def read_into(queue: "asyncio.Queue[Read | EndOfWalk]", walk: Walk) -> None:
    """Put each activity of the walk into the queue, then the end with the walk's error, if any."""
    try:
        async with aclosing(walk):
            read = 0
            async for activity in walk:
                await queue.put((activity, place_of(walk)))
                read += 1
                if read % READ_BEFORE_YIELDING == 0:
                    await asyncio.sleep(0)
    except Exception as error:
        await queue.put(EndOfWalk(error))
    else:
        await queue.put(EndOfWalk())


def place_of(walk: Walk) -> Place:
    return Place(walk.reached, walk.pages, walk.requests, len(walk.skipped))
