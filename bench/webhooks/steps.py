"""The time of each step from "finish a parkrun" at the stand-in until a browser has painted the parkrun's card.

The times come from rows of the site, the stand-in's log of calls, an announcement that a listener gets, a message on
the wall's socket, and a page in Chromium. All use the clock of one machine.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

from playwright.async_api import Page, async_playwright

from bench.webhooks.sites import Running
from tests.browser.quiet import QUIET
from tests.live.connected_clubs import ConnectedClub
from tests.live.feed_client import FeedClient
from tests.live.webhook_site import in_site
from tests.live_site import ROOT
from tests.services.browser import browser_program

Times = dict[str, float]
"""When each step was done, in epoch seconds."""
STEPS = (
    "pressed",
    "received",
    "run added",
    "Strava asked",
    "Strava answered",
    "stored",
    "announced",
    "at the wall",
    "painted",
)
NOTE_CARDS = """() => {
  window.painted = [];
  const note = () => requestAnimationFrame(() => setTimeout(() => window.painted.push(Date.now() / 1000)));
  const has = (change) => [...change.addedNodes].some((node) => node.matches?.(".entry"));
  const watch = new MutationObserver((changes) => changes.some(has) && note());
  watch.observe(document.body, { childList: true, subtree: true });
}"""


class Stopwatch:
    """Presses the button for one athlete after the other, and collects the times of each step."""

    def __init__(self, running: Running, club: ConnectedClub, wall: FeedClient) -> None:
        self.running, self.club, self.wall = running, club, wall
        self.announced: list[float] = []
        self.page: Page | None = None
        self.to_epoch_s = time.time() - time.monotonic()

    async def press(self, number: int) -> Times:
        """Let member `number` finish a parkrun, and return the times once the wall has it."""
        heard, stand_in, athlete = len(self.wall.heard), self.running.stand_in, self.club.athletes[number]
        times: Times = {"pressed": time.time()}
        made = await asyncio.to_thread(stand_in.finish_parkrun, athlete)
        await self.wall.until(lambda: any(is_parkrun(message) for _, message in self.wall.heard[heard:]))
        at = next(at for at, message in self.wall.heard[heard:] if is_parkrun(message))
        times["at the wall"] = at + self.to_epoch_s
        await asyncio.sleep(1.0)  # until the page has painted it and the run has ended
        call = next(one for one in stand_in.calls(athlete) if one["began"] > times["pressed"])
        times |= {"Strava asked": call["began"], "Strava answered": call["ended"]}
        times |= json.loads(in_site(self.running.site, "times_of_event", made["id"]))
        painted = await self.page.evaluate("window.painted") if self.page else []
        for step, moments in (("announced", self.announced), ("painted", painted)):
            if later := [moment for moment in moments if moment > times["pressed"]]:
                times[step] = min(later)
        return times

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Note when the club's announcements pass through Redis."""
        words = ["-m", "bench.webhooks.listener", str(self.club.pk)]
        process = await asyncio.create_subprocess_exec(
            sys.executable, *words, env=self.running.site.environment, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        await process.stdout.readline()
        reading = asyncio.create_task(self.note_announcements(process.stdout))
        try:
            yield
        finally:
            process.terminate()
            await process.wait()
            await reading

    async def note_announcements(self, lines: asyncio.StreamReader) -> None:
        async for line in lines:
            self.announced.append(float(line))

    @asynccontextmanager
    async def painting(self) -> AsyncIterator[None]:
        """Open the club's feed in Chromium, if it is installed, and note when it has painted a card."""
        program = browser_program()
        if program is None:
            yield
            return
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=str(program), args=QUIET)
            context = await browser.new_context()
            session = self.club.sessions[-1]
            await context.add_cookies([{"name": "sessionid", "value": session, "url": self.running.site.url}])
            self.page = await context.new_page()
            await self.page.goto(f"{self.running.site.url}/clubs/{self.club.slug}/")
            await self.page.get_by_text("Live", exact=True).first.wait_for()
            await self.page.evaluate(NOTE_CARDS)
            try:
                yield
            finally:
                await browser.close()


def is_parkrun(message: dict[str, Any]) -> bool:
    return bool(message["type"] == "entry.added" and message["entry"]["kind"] == "parkrun")


def medians(rounds: list[Times]) -> Times:
    """Return the median time of each step since the button was pressed, in ms."""
    return {
        step: median((times[step] - times["pressed"]) * 1000 for times in rounds if step in times)
        for step in STEPS
        if any(step in times for times in rounds)
    }
