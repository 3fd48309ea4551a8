"""A token that is made and revoked in one web process opens streams in another, and ends them there."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.live.two_processes import TwoProcesses
from tests.live.visitor import Visitor
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.services
SHOWN = re.compile(r'data-token="([^"]+)"')


def settings_of(two: TwoProcesses, member: int) -> Visitor:
    """Return the browser of a member, at the first process."""
    visitor = Visitor(two.urls[0])
    visitor.jar.set("sessionid", two.club.sessions[member], domain="localhost.local")
    return visitor


def make_token(browser: Visitor, name: str) -> str:
    answer = browser.post("/settings/tokens/", "/settings/", name=name, scope="read")
    return str(SHOWN.findall(answer.text)[0])


def revoke_token(browser: Visitor, name: str) -> None:
    row = browser.get("/settings/").text.split(f'<p class="key-name">{name}</p>')[1]
    address = re.findall(r'action="(/settings/tokens/[0-9]+/revoke/)"', row)[0]
    assert browser.post(address, "/settings/").status_code == 302


@asynccontextmanager
async def stream(url: str, path: str, secret: str) -> AsyncIterator["asyncio.Task[list[str]]"]:
    """Open a stream, and wait for its `hello`. The task returns the lines after it once the site ends the stream."""
    headers = {"Authorization": f"Bearer {secret}"}
    async with (
        httpx.AsyncClient(base_url=url, timeout=PATIENCE_S, trust_env=False) as client,
        client.stream("GET", path, headers=headers) as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        lines = answer.aiter_lines()
        async for line in lines:
            if line == "event: hello":
                break
        ending = asyncio.create_task(rest_of(lines))
        yield ending
        ending.cancel()
        await asyncio.gather(ending, return_exceptions=True)


async def rest_of(lines: AsyncIterator[str]) -> list[str]:
    return [line async for line in lines]


async def test_token_revoked_in_one_process_ends_its_streams_in_another(two: TwoProcesses) -> None:
    browser = settings_of(two, 0)
    revoked, kept = [await asyncio.to_thread(make_token, browser, name) for name in ("Revoked", "Kept")]
    feed, mine = f"/api/v1/clubs/{two.club.slug}/stream", "/api/v1/me/stream"
    url = two.urls[1]

    async with (
        stream(url, feed, revoked) as ends,
        stream(url, mine, revoked) as ends_too,
        stream(url, feed, kept) as stays,
    ):
        await asyncio.to_thread(revoke_token, browser, "Revoked")
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(ends, ends_too)
        assert not stays.done()
    headers = {"Authorization": f"Bearer {revoked}"}
    for path in (feed, mine, "/api/v1/me"):
        refused = await asyncio.to_thread(Visitor(url).get, path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")
