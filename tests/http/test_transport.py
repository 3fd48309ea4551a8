"""The transport against slow servers, broken responses, redirects, endless bodies, and event loops that end."""

import asyncio
import gc
import gzip
from dataclasses import replace

import pytest

from strava_live.http.errors import BodyTooLong, RequestFailed
from strava_live.http.transport import Request, Timeouts, send
from tests.http.servers import Answer, answering, response
from tests.patience import PATIENCE_S

BRIEF = Timeouts(connect=1.0, read=0.2, pool=1.0, total=0.5)


async def get(url: str, *, timeouts: Timeouts = BRIEF, max_bytes: int = 10**6) -> bytes:
    async with send(Request("GET", url), timeouts=timeouts, max_bytes=max_bytes) as answer:
        return await answer.body()


async def silent(head: bytes, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def trickling(head: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("answer", [silent, trickling])
async def test_slow_response_times_out(answer: Answer) -> None:
    """A silent server exceeds the read timeout. A trickling one never does, but exceeds the total."""
    async with asyncio.timeout(PATIENCE_S), answering(answer) as url:
        with pytest.raises(RequestFailed):
            await get(url)


async def test_refused_connection() -> None:
    async with answering(silent) as url:
        pass
    with pytest.raises(RequestFailed):
        await get(url)


@pytest.mark.parametrize("broken", [b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", b"nonsense\r\n\r\n", b""])
async def test_broken_response(broken: bytes) -> None:
    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(broken)
        writer.close()

    async with answering(answer) as url:
        with pytest.raises(RequestFailed):
            await get(url)


async def test_body_that_is_too_long() -> None:
    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        body = gzip.compress(b"x" * 2_000_000)
        writer.write(response(body, headers="Content-Encoding: gzip\r\n"))

    async with answering(answer) as url:
        with pytest.raises(BodyTooLong, match="longer than 1000000"):
            await get(url)


async def test_redirect_is_not_followed() -> None:
    heads = []

    async def elsewhere(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        writer.write(response(b"", status="302 Found", headers="Location: http://127.0.0.1:9/steal\r\n"))

    async with answering(elsewhere) as url, send(Request("GET", url, bearer="t"), timeouts=BRIEF) as answer:
        assert answer.status == 302
    assert len(heads) == 1


async def test_connection_is_reused() -> None:
    peers = set()

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        peers.add(writer.get_extra_info("peername"))
        writer.write(response(b"ok"))

    async with answering(answer) as url:
        for _ in range(3):
            assert await get(url) == b"ok"
        assert len(peers) == 1


def test_each_event_loop_closes_its_own_connections() -> None:
    """Warnings are errors here, so a socket that a finished loop leaves open fails this test."""

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(response(b"ok"))

    async def call() -> bytes:
        async with answering(answer) as url:
            return await get(url)

    for _ in range(3):
        assert asyncio.run(call()) == b"ok"
        gc.collect()


async def test_body_in_json_has_its_content_type_and_stays_out_of_the_repr() -> None:
    heads: list[bytes] = []

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head.lower())
        writer.write(response(b"", headers="Connection: close\r\n"))
        writer.close()

    request = Request("PUT", "", json=b'{"secret":1}', bearer="token")
    assert "secret" not in repr(request)
    async with answering(answer) as url, send(replace(request, url=url), timeouts=BRIEF) as received:
        assert received.status == 200
    assert b"content-type: application/json\r\n" in heads[0]
    assert b"content-length: 12\r\n" in heads[0]
    assert b"authorization: bearer token\r\n" in heads[0]
