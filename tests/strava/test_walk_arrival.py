"""When activities come out of a walk: each with its bytes, not with its page, and at its reader's pace."""

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing

import pytest

from simulators.process import StandIn
from strava_live.strava.client import Strava
from strava_live.strava.limits import Lane
from strava_live.strava.transport import Timeouts
from tests.patience import PATIENCE_S
from tests.strava.one_token import OneToken
from tests.strava.payloads import summary
from tests.strava.servers import answering

BearerOf = Callable[..., OneToken]
Connect = Callable[..., Strava]


async def test_walk_yields_each_activity_before_the_next_one_is_sent(connect: Connect) -> None:
    """The server sends the bytes of one activity, and those of the next when the reader has it. How soon that is after
    the last byte is measured by bench/latency.py."""
    received = asyncio.Semaphore(0)

    async def in_step(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        for number in range(1, 201):
            writer.write((b"," if number > 1 else b"[") + json.dumps(summary(number)).encode())
            await writer.drain()
            await received.acquire()

    found: list[int] = []
    async with asyncio.timeout(PATIENCE_S), answering(in_step) as url:
        waits_for_ever = Timeouts(read=PATIENCE_S, whole=PATIENCE_S)
        async with aclosing(connect(url, timeouts=waits_for_ever).activities(OneToken("t"), lane=Lane.PERSON)) as walk:
            async for activity in walk:
                found.append(activity.strava_id)
                received.release()
                if len(found) == 200:
                    break
    assert found == list(range(1, 201))


async def test_walk_through_a_page_that_drips_in(strava: Strava, strava_site: StandIn, bearer_of: BearerOf) -> None:
    athlete_id = strava_site.add_athlete(activities=50)
    strava_site.fault("drip", "activities", ms=1, calls=1)
    found = [one.strava_id async for one in strava.activities(bearer_of(athlete_id), lane=Lane.PERSON)]
    assert set(found) == strava_site.given_ids(athlete_id)


async def read_all(strava: Strava) -> None:
    async for _ in strava.activities(OneToken("t"), lane=Lane.PERSON):
        pass


async def test_walk_lets_go_of_its_connection_when_it_is_left_or_cancelled(connect: Connect) -> None:
    gone = asyncio.Semaphore(0)

    async def endless(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            for number in range(1, 10_000):
                piece = (b"[" if number == 1 else b",") + json.dumps(summary(number)).encode()
                writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                await writer.drain()
                await asyncio.sleep(0.005)
        except ConnectionError:
            gone.release()

    async with answering(endless) as url:
        async with aclosing(connect(url).activities(OneToken("t"), lane=Lane.PERSON)) as walk:
            async for _ in walk:
                break
        await asyncio.wait_for(gone.acquire(), PATIENCE_S)
        reading = asyncio.create_task(read_all(connect(url)))
        await asyncio.sleep(0.1)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await asyncio.wait_for(gone.acquire(), PATIENCE_S)


async def test_walk_does_not_count_its_readers_time(
    connect: Connect, strava_site: StandIn, bearer_of: BearerOf
) -> None:
    """Whoever keeps what was read may take longer than the whole request is allowed to."""
    athlete_id = strava_site.add_athlete(activities=200)
    timeouts = Timeouts(connect=1.0, read=1.0, pool=1.0, whole=0.5)
    walk = connect(timeouts=timeouts).activities(bearer_of(athlete_id), lane=Lane.PERSON)
    found = 0
    async for _ in walk:
        found += 1
        if found % 50 == 0:
            await asyncio.sleep(0.3)
    assert (found, walk.requests) == (200, walk.pages)
