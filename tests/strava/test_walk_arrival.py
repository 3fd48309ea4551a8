"""When activities come out of a walk: each with its bytes, not with its page, and at its reader's pace."""

import asyncio
import json
import statistics
import time
from collections.abc import Callable
from contextlib import aclosing

import pytest

from simulators.process import StandIn
from strava_live.http.transport import Timeouts
from strava_live.strava.client import Strava
from strava_live.strava.limits import Lane
from tests.http.servers import answering
from tests.strava.one_token import OneToken
from tests.strava.payloads import summary

TokensOf = Callable[..., OneToken]
Connect = Callable[..., Strava]


async def test_walk_yields_the_first_activity_while_the_page_drips_in(
    strava: Strava, strava_site: StandIn, tokens_of: TokensOf
) -> None:
    """At 10 ms an activity the page takes 2 s; the first is there long before, and each one soon after its bytes."""
    athlete_id = strava_site.add_athlete(activities=200)
    strava_site.fault("drip", "activities", ms=10, calls=1)
    arrived: list[float] = []
    began = time.perf_counter()
    async with aclosing(strava.activities(tokens_of(athlete_id), lane=Lane.PERSON)) as walk:
        async for _ in walk:
            arrived.append(time.perf_counter() - began)
            if len(arrived) == 200:
                break
    assert arrived[-1] > 199 * 0.01
    assert arrived[0] < arrived[-1] / 4
    # Nothing is held back to the end: half of them are out when about half the time is over.
    assert arrived[100] < arrived[-1] * 0.75


async def test_walk_yields_an_activity_within_50_ms_of_its_bytes(connect: Connect) -> None:
    """The server notes when it has handed over each activity's last byte, and sends nothing more for 10 ms."""
    sent: list[float] = []

    async def drip(head: bytes, writer: asyncio.StreamWriter) -> None:
        sent.clear()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        for number in range(1, 201):
            sent.append(time.perf_counter())
            writer.write((b"," if number > 1 else b"[") + json.dumps(summary(number)).encode())
            await writer.drain()
            await asyncio.sleep(0.01)

    first, later = [], []
    async with answering(drip) as url:
        for _ in range(5):
            late: list[float] = []
            async with aclosing(connect(url).activities(OneToken("t"), lane=Lane.PERSON)) as walk:
                async for _ in walk:
                    late.append(time.perf_counter() - sent[len(late)])
                    if len(late) == 20:
                        break
            first.append(late[0])
            later += late[1:]
    # Medians: other programs on the machine may hold up any single one.
    assert statistics.median(first) <= 0.05
    assert statistics.median(later) <= 0.05


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
        await asyncio.wait_for(gone.acquire(), 5)
        reading = asyncio.create_task(read_all(connect(url)))
        await asyncio.sleep(0.1)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await asyncio.wait_for(gone.acquire(), 5)


async def test_walk_does_not_count_its_readers_time(
    connect: Connect, strava_site: StandIn, tokens_of: TokensOf
) -> None:
    """Whoever keeps what was read may take longer than the whole request is allowed to."""
    athlete_id = strava_site.add_athlete(activities=200)
    timeouts = Timeouts(connect=1.0, read=1.0, pool=1.0, total=0.5)
    walk = connect(timeouts=timeouts).activities(tokens_of(athlete_id), lane=Lane.PERSON)
    found = 0
    async for _ in walk:
        found += 1
        if found % 50 == 0:
            await asyncio.sleep(0.3)
    assert (found, walk.requests) == (200, walk.pages)
