"""When a walk yields activities: as soon as their bytes arrive, and at the speed of the caller."""

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing

import pytest

from simulators.process import StandIn
from strava_live.http.transport import Timeouts
from strava_live.strava.client import Strava
from strava_live.strava.limits import Lane
from tests.http.servers import answering
from tests.patience import PATIENCE_S
from tests.strava.one_token import OneToken
from tests.strava.payloads import summary

TokensOf = Callable[..., OneToken]
Connect = Callable[..., Strava]
PATIENT = Timeouts(connect=PATIENCE_S, read=PATIENCE_S, pool=PATIENCE_S, total=PATIENCE_S)


async def test_walk_yields_each_activity_before_more_bytes_arrive(connect: Connect) -> None:
    """The server sends the next activity only after the walk has yielded the last one."""
    yielded = asyncio.Semaphore(0)

    async def send_when_yielded(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n[")
        for number in range(1, 201):
            writer.write(json.dumps(summary(number)).encode() + b",")
            await writer.drain()
            await yielded.acquire()

    found: list[int] = []
    async with answering(send_when_yielded) as url, asyncio.timeout(PATIENCE_S):
        walk = connect(url, timeouts=PATIENT).activities(OneToken("t"), lane=Lane.PERSON)
        async for activity in walk:
            found.append(activity.strava_id)
            yielded.release()
            if len(found) == 200:
                break
        await walk.aclose()
    assert found == [*range(1, 201)]


async def read_all(strava: Strava) -> None:
    async for _ in strava.activities(OneToken("t"), lane=Lane.PERSON):
        pass


async def test_walk_closes_its_connection_when_it_is_left_or_cancelled(connect: Connect) -> None:
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


async def test_time_limit_does_not_include_the_callers_time(
    connect: Connect, strava_site: StandIn, tokens_of: TokensOf
) -> None:
    """The caller may take longer to store activities than the whole request is allowed to take."""
    athlete_id = strava_site.add_athlete(activities=200)
    timeouts = Timeouts(connect=1.0, read=1.0, pool=1.0, total=0.5)
    walk = connect(timeouts=timeouts).activities(tokens_of(athlete_id), lane=Lane.PERSON)
    found = 0
    async for _ in walk:
        found += 1
        if found % 50 == 0:
            await asyncio.sleep(0.3)
    assert (found, walk.requests) == (200, walk.pages)
