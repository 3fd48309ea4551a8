"""Read activities from Strava and group them into chunks, each of which is stored in one transaction.

Reading goes on while a chunk is being stored, at most two chunks ahead. The next chunk holds what was read meanwhile:
one activity if the database is idle, up to 200 if it is busy.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime

from strava_live.strava.payloads import StravaActivity
from strava_live.strava.walk import Walk

CHUNK = 200
"""The most activities in a chunk."""
READ_BEFORE_YIELDING = 10
"""The number of activities after which other tasks may use the event loop. A page that has arrived completely could
otherwise be read to its end without a pause."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a walk through the activities at Strava had got when it read an activity."""

    reached: datetime | None
    """The `before` with which a new walk continues: everything that started at it or later has been read."""
    pages: int
    requests: int
    skipped: int
    asked_at: datetime | None = None
    """When Strava was asked for the activity. In a chunk: when it was asked for the first of its activities. None in a
    run about events, which does not note the time."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Activities to store together, and how far the walk had got with the last of them."""

    activities: list[StravaActivity]
    place: Place


@dataclass(frozen=True, slots=True)
class EndOfWalk:
    """The last item of the queue. `error` says why the walk has stopped; None if it has read everything."""

    error: Exception | None = None


Read = tuple[StravaActivity, Place]


async def chunks(walk: Walk) -> AsyncGenerator[Chunk]:
    """Yield the walk's activities in chunks. If the walk fails, yield what it has read before, then raise its error."""
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
    """Wait for one item, then take everything that is already in the queue, up to CHUNK activities."""
    batch = Batch([], Place(None, 0, 0, 0))
    item: Read | EndOfWalk = await queue.get()
    while True:
        if isinstance(item, EndOfWalk):
            batch.end = item
            return batch
        activity, place = item
        batch.place = replace(place, asked_at=batch.place.asked_at or place.asked_at)
        batch.activities.append(activity)
        if len(batch.activities) == CHUNK or queue.empty():
            return batch
        item = queue.get_nowait()


async def read_into(queue: "asyncio.Queue[Read | EndOfWalk]", walk: Walk) -> None:
    """Put each activity of the walk into the queue, then an EndOfWalk."""
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
    return Place(walk.reached, walk.pages, walk.requests, len(walk.skipped), walk.asked_at)
