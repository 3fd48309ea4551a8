"""How long a phone on slow 4G waits for pages: `bin/bench pages`, or `python -m bench.pages ROUNDS`.

Opens home, a feed, My Strava and a wall screen in Chromium with an empty cache, at 1.6 Mbit/s, 150 ms latency and a
quarter of the processor's speed. The site runs as in the Procfile, over SQLite, with collected static files. It has a
club with a full feed, and an athlete with 1,439 activities imported from the stand-in for Strava.
"""

import asyncio
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from simulators.process import StandIn
from tests.browser.club_site import found_on
from tests.browser.page_weight import MOST_BYTES, count_bytes
from tests.browser.quiet import QUIET
from tests.live.visitor import Visitor
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases
from tests.services.__main__ import collect_static_files
from tests.services.browser import browser_program
from tests.strava_of import strava_of

ROUNDS, ACTIVITIES, ENTRIES = 3, 1439, 120
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
CPU_SLOWER = 4
"""How many times slower the processor is made."""
LIVE_WITHIN_MS, MOST_SHIFT = 1800.0, 0.05
"""The goals: how soon a page's socket is connected, and how much its layout may move (cumulative layout shift)."""
PHONE, SCREEN = {"width": 390, "height": 844}, {"width": 1920, "height": 1080}
# A script that runs before the page's own, and notes in `window.seen` how much the layout moves and when it is live.
WATCH = """
window.seen = { shift: 0, live: 0 };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.seen.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
const live = () => {
  const connection = document.querySelector("[data-connection]");
  return connection ? connection.textContent.trim() === "Live" : document.readyState === "complete";
};
const look = setInterval(() => {
  if (!live()) return;
  window.seen.live = performance.now();
  clearInterval(look);
}, 10);
"""
# Returns what was noted, and the time of the first paint.
SEEN = """() => ({
  ...window.seen,
  paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
})"""
SETTLED_MS = 1500
"""How long the layout is watched after the page is live, because late fonts may still move it."""


@dataclass
class Visit:
    """One of the four pages, and the session that opens it."""

    name: str
    path: str
    session: str
    viewport: dict[str, int]


@dataclass
class PageTimes:
    """What was measured when a page was opened once."""

    paint_ms: float
    live_ms: float
    """Until the page's socket is connected; without a socket, until the page is loaded."""
    bytes: int
    shift: float


def signed_up(site: LiveSite, name: str) -> Visitor:
    visitor = Visitor(site.url)
    visitor.sign_up(name)
    return visitor


def import_history(visitor: Visitor, stand_in: StandIn) -> None:
    """Connect the visitor's Strava account and wait until all its activities are imported."""
    visitor.connect_strava(stand_in, stand_in.add_athlete(activities=ACTIVITIES))

    async def sync() -> None:
        async with visitor.socket() as talk:
            await asyncio.to_thread(visitor.post, "/sync/start/", "/sync/")
            await talk.until("sync.finished", "sync.failed")

    asyncio.run(sync())


def fill(site: LiveSite, stand_in: StandIn) -> list[Visit]:
    """Create a club and two people on the site, and return the visits to measure."""
    club = found_on(site, members=12)
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, {ENTRIES})")
    for member in range(2, 12):
        club.share(member)
        club.add_parkrun(member, days_ago=member % 3 * 7, before=10 * member)
    athlete, newcomer = signed_up(site, "athlete"), signed_up(site, "newcomer")
    import_history(athlete, stand_in)
    return [
        Visit("home", "/", str(newcomer.jar["sessionid"]), PHONE),
        Visit("feed", club.path, club.club.sessions[3], PHONE),
        Visit("sync", "/sync/", str(athlete.jar["sessionid"]), PHONE),
        Visit("wall", club.wall_path, "", SCREEN),
    ]


def slow(page: Page) -> Callable[[], int]:
    """Slow the page down to a phone on 4G. Return a function that returns the bytes received so far."""
    session = page.context.new_cdp_session(page)
    arrived = count_bytes(session)
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})
    return arrived


def measure(browser: Browser, site: LiveSite, visit: Visit) -> PageTimes:
    """Open a page once and return what was measured."""
    context = browser.new_context(viewport=visit.viewport, locale="en-GB")  # type: ignore[arg-type]
    if visit.session:
        context.add_cookies([{"name": "sessionid", "value": visit.session, "url": site.url}])
    context.add_init_script(WATCH)
    page = context.new_page()
    arrived = slow(page)
    page.goto(site.url + visit.path)
    while not page.evaluate("window.seen.live"):  # the page's CSP allows no wait_for_function
        page.wait_for_timeout(50)
    page.wait_for_timeout(SETTLED_MS)
    seen: dict[str, Any] = page.evaluate(SEEN)
    measured = PageTimes(seen["paint"], seen["live"], arrived(), seen["shift"])
    context.close()
    return measured


def report(found: dict[str, list[PageTimes]]) -> bool:
    print(f"{'page':<8}{'first paint ms':>16}{'live ms':>10}{'kB':>8}{'shift':>8}")
    reached = True
    for name, rounds in found.items():
        paint, live = (
            statistics.median(values) for values in zip(*((one.paint_ms, one.live_ms) for one in rounds), strict=True)
        )
        size, shift = max(one.bytes for one in rounds), max(one.shift for one in rounds)
        held = size < MOST_BYTES and live < LIVE_WITHIN_MS and shift < MOST_SHIFT
        reached &= held
        print(f"{name:<8}{paint:>16.0f}{live:>10.0f}{size / 1000:>8.1f}{shift:>8.3f}{'' if held else '  MISSED'}")
    print(f"\ngoals: under {MOST_BYTES / 1000:.0f} kB, live within {LIVE_WITHIN_MS:.0f} ms, shift under {MOST_SHIFT}")
    return reached


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    program = browser_program()
    if program is None:
        sys.exit("needs a browser: apt-get install chromium")
    collect_static_files()
    databases = MigratedDatabases()
    with StandIn() as stand_in, LiveSites(databases) as sites:
        stand_in.limits(overall=[100_000, 1_000_000], read=[100_000, 1_000_000], window_s=900)
        site = sites(**strava_of(stand_in))
        site.manage("load_parkrun_events")
        site.start("web")
        visits = fill(site, stand_in)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(program), args=QUIET)
            found = {visit.name: [measure(browser, site, visit) for _ in range(rounds)] for visit in visits}
            browser.close()
    databases.remove()
    return 0 if report(found) else 1


if __name__ == "__main__":
    sys.exit(main())
