"""Members who read and post while web processes are replaced, and a watch over the imports from Strava (runs)."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
import psycopg

from tests.live.founding import FoundClub

PAUSE_S = 0.25
"""Seconds between two posts of one member, whose limit is 60 forms in ten seconds."""
# Runs that should go on now, but that no process has leased.
RUNS_WITHOUT_LEASE = """
    SELECT id FROM strava_live_syncrun
    WHERE state IN ('running', 'waiting') AND lease_owner = '' AND (wait_until IS NULL OR wait_until <= now())
"""


@dataclass
class Member:
    """A member who reads the feed and posts to it again and again. `lost` lists answers that were not as expected."""

    url: str
    club: FoundClub
    number: int
    posted: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    async def act(self, over: asyncio.Event) -> None:
        cookies = {"sessionid": self.club.sessions[self.number]}
        async with httpx.AsyncClient(base_url=self.url, cookies=cookies, timeout=30) as client:
            while not over.is_set():
                await self.read_and_post(client)
                await asyncio.sleep(PAUSE_S)

    async def read_and_post(self, client: httpx.AsyncClient) -> None:
        page = await self.answered("read", lambda: client.get(f"/clubs/{self.club.slug}/"), 200)
        if page is None:
            return
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[0]
        text = f"member {self.number}, post {len(self.posted)}"
        form = {"text": text, "csrfmiddlewaretoken": token, "ref": secrets.token_urlsafe(12)}
        self.posted.append(text)
        headers = {"Origin": self.url}
        path = f"/clubs/{self.club.slug}/posts/"
        await self.answered(text, lambda: client.post(path, data=form, headers=headers), 302)

    async def answered(
        self, what: str, ask: Callable[[], Awaitable[httpx.Response]], status: int
    ) -> httpx.Response | None:
        """Return the answer if it has this status. Otherwise note it as lost and return None."""
        try:
            answer = await ask()
        except httpx.HTTPError as error:
            self.lost.append(f"{what}: {error!r}")
            return None
        if answer.status_code != status:
            self.lost.append(f"{what}: {answer.status_code}")
            return None
        return answer


@dataclass
class RunWatch:
    """Measure how long runs are without a process that has leased them."""

    database: str
    longest_s: float = 0.0
    taken_over: int = 0
    since: dict[int, float] = field(default_factory=dict)

    async def watch(self, over: asyncio.Event) -> None:
        clock = asyncio.get_running_loop()
        async with await psycopg.AsyncConnection.connect(self.database, autocommit=True) as connection:
            while not over.is_set():
                rows = await (await connection.execute(RUNS_WITHOUT_LEASE)).fetchall()
                unheld = {row[0] for row in rows}
                now = clock.time()
                self.taken_over += len(self.since.keys() - unheld)
                self.since = {run: self.since.get(run, now) for run in unheld}
                self.longest_s = max([self.longest_s, *(now - since for since in self.since.values())])
                await asyncio.sleep(0.1)
