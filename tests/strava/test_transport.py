"""What the network does to a request: silence, redirects, bodies without end, and loops that come and go."""

import asyncio
import gc
import gzip
from collections.abc import Callable

import pytest

from strava_live.strava.client import Strava
from strava_live.strava.errors import Garbled, NotUnderstood, StravaDown
from strava_live.strava.transport import Request, Timeouts, opened
from tests.patience import PATIENCE_S
from tests.strava.one_token import OneToken
from tests.strava.servers import Answer, answering, response

Connect = Callable[..., Strava]
BRIEF = Timeouts(connect=1.0, read=0.2, pool=1.0, whole=0.5)


async def get(url: str, *, timeouts: Timeouts = BRIEF, max_bytes: int = 10**6) -> bytes:
    async with opened(Request("GET", url), timeouts=timeouts, max_bytes=max_bytes) as reply:
        return await reply.body()


async def silent(head: bytes, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def trickling(head: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("answer", [silent, trickling])
async def test_slow_answer_is_given_up(answer: Answer) -> None:
    """Silence runs into the read timeout; a trickle never does, and runs into the one for the whole request."""
    async with asyncio.timeout(PATIENCE_S), answering(answer) as url:
        with pytest.raises(StravaDown):
            await get(url)


async def test_refused_connection_is_strava_down() -> None:
    async with answering(silent) as url:
        pass
    with pytest.raises(StravaDown):
        await get(url)


@pytest.mark.parametrize("broken", [b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", b"nonsense\r\n\r\n", b""])
async def test_broken_answer_is_strava_down(broken: bytes) -> None:
    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(broken)
        writer.close()

    async with answering(answer) as url:
        with pytest.raises(StravaDown):
            await get(url)


async def test_answer_without_end_is_cut_off() -> None:
    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        body = gzip.compress(b"x" * 2_000_000)
        writer.write(response(body, headers="Content-Encoding: gzip\r\n"))

    async with answering(answer) as url:
        with pytest.raises(Garbled, match="longer than 1000000"):
            await get(url)


async def test_redirect_is_not_followed(connect: Connect) -> None:
    heads = []

    async def elsewhere(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        writer.write(response(b"", status="302 Found", headers="Location: http://127.0.0.1:9/steal\r\n"))

    async with answering(elsewhere) as url:
        with pytest.raises(NotUnderstood):
            await connect(url).athlete(OneToken("t"))
    assert len(heads) == 1


async def test_connection_is_kept_for_the_next_call() -> None:
    peers = set()

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        peers.add(writer.get_extra_info("peername"))
        writer.write(response(b"ok"))

    async with answering(answer) as url:
        for _ in range(3):
            assert await get(url) == b"ok"
        assert len(peers) == 1


def test_each_loop_has_connections_of_its_own_and_closes_them() -> None:
    """Run with warnings as errors: a socket left open by a loop that has ended would fail this."""

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(response(b"ok"))

    async def call() -> bytes:
        async with answering(answer) as url:
            return await get(url)

    for _ in range(3):
        assert asyncio.run(call()) == b"ok"
        gc.collect()
