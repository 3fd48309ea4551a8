"""Make and revoke tokens in one web process, and open streams with them in another."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.live.two_processes import TwoProcesses
from tests.live.visitor import Visitor
from tests.patience import PATIENCE_S

SHOWN = re.compile(r'data-token="([^"]+)"')


def settings_of(two: TwoProcesses, member: int) -> Visitor:
    """Return a browser in which a member is signed in, at the first web process."""
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
