"""A first import in a browser, compared with a bare httpx loop that reads the same pages: `bin/bench sync_page`.

3,000 activities (or the number given) are read from the stand-in for Strava, which answers a call in 60 ms. The site
runs as in the Procfile: one web process over SQLite, or over TEST_REDIS_URL and TEST_POSTGRES_URL if they are in the
environment. In each round a new athlete opens My Strava in Chromium, which starts the import. Afterwards the loop reads
the same activities. The browser reports tasks that kept the page's main thread busy for longer than 50 ms.
"""

import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx
from playwright.sync_api import Browser, sync_playwright

from bench.record import Record
from simulators.process import StandIn
from tests.browser.quiet import QUIET
from tests.live.visitor import Visitor
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases
from tests.services.browser import browser_program

ROUNDS = 5
# A script that notes in `window.seen` when the import starts, when its first and last row are shown, and the page's
# longest task. `window.done` is a promise that all rows are shown.
WATCH = """() => {
  window.seen = { longest: 0 };
  const note = (list) => list.getEntries().forEach((task) => {
    window.seen.longest = Math.max(window.seen.longest, task.duration);
  });
  new PerformanceObserver(note).observe({ type: "longtask" });
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (text) {
    if (text.includes("sync.start")) window.seen.started ??= performance.now();
    return send.call(this, text);
  };
  const list = document.querySelector("[data-list]");
  const total = document.querySelector("[data-slot=total]");
  window.done = new Promise((resolve) => {
    new MutationObserver(() => {
      const now = performance.now();
      if (list.children.length) window.seen.first ??= now;
      if (total.textContent.replaceAll(",", "") !== String(window.wanted)) return;
      window.seen.last ??= now;
      resolve();
    }).observe(document.querySelector(".sync-list"), { childList: true, subtree: true, characterData: true });
  });
}"""


def site_for(sites: LiveSites, databases: MigratedDatabases, stand_in: StandIn) -> LiveSite:
    """Start a site that uses the stand-in for Strava."""
    environment = {
        "STRAVA_CLIENT_ID": "stand-in",
        "STRAVA_CLIENT_SECRET": "stand-in-secret",
        "STRAVA_OAUTH_URL": stand_in.oauth_url,
        "STRAVA_API_URL": stand_in.api_url,
    }
    if redis := os.environ.get("TEST_REDIS_URL"):
        environment["REDIS_URL"] = redis
    if postgres := os.environ.get("TEST_POSTGRES_URL"):
        environment["DATABASE_URL"] = databases.postgres(postgres)
    site = sites(**environment)
    if redis:
        site.start("worker")
    site.start("web")
    return site


def in_browser(browser: Browser, site: LiveSite, stand_in: StandIn, strava_id: int, count: int) -> dict[str, Any]:
    """Import in a browser. Return the ms until the first and the last row, and the longest task of the page."""
    visitor = Visitor(site.url)
    visitor.sign_up(f"athlete{strava_id}")
    visitor.connect_strava(stand_in, strava_id)
    context = browser.new_context()
    context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in visitor.jar.items()])
    page = context.new_page()
    page.add_init_script(f"window.wanted = {count}; addEventListener('DOMContentLoaded', {WATCH});")
    page.goto(f"{site.url}/sync/")
    page.evaluate("() => window.done")
    seen: dict[str, Any] = page.evaluate("window.seen")
    context.close()
    return {
        "first": seen["first"] - seen["started"],
        "last": seen["last"] - seen["started"],
        "longest": seen["longest"],
    }


def bare_loop(stand_in: StandIn, strava_id: int) -> float:
    """Fetch and parse the same pages in a bare loop, with the same `before`, and return the milliseconds it takes."""
    token = stand_in.grant(strava_id)["access_token"]
    began = time.perf_counter()
    known: set[int] = set()
    with httpx.Client(base_url=stand_in.api_url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        before: int | None = None
        while True:
            query = {"per_page": 200} | ({"before": before} if before else {})
            found = client.get("/athlete/activities", params=query).json()
            new = {one["id"] for one in found} - known
            if not new:
                break
            known |= new
            oldest = min(one["start_date"] for one in found)
            before = int(time.mktime(time.strptime(oldest, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone) + 1
    return (time.perf_counter() - began) * 1000


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    program = browser_program()
    if program is None:
        sys.exit("needs a browser: apt-get install chromium")
    record = Record("sync_page")
    databases = MigratedDatabases()
    rounds: list[dict[str, Any]] = []
    with StandIn() as stand_in, LiveSites(databases) as sites, sync_playwright() as playwright:
        stand_in.limits(overall=[100_000, 1_000_000], read=[100_000, 1_000_000], window_s=900)
        site = site_for(sites, databases, stand_in)
        browser = playwright.chromium.launch(executable_path=str(program), args=QUIET)
        stand_in.fault("latency", "activities", ms=60)
        for _ in range(ROUNDS):
            strava_id = stand_in.add_athlete(activities=count)
            seen = in_browser(browser, site, stand_in, strava_id, count)
            rounds.append(seen | {"bare": bare_loop(stand_in, strava_id)})
        browser.close()
    databases.remove()
    return report(record, count, rounds)


def report(record: Record, count: int, rounds: list[dict[str, Any]]) -> int:
    print(f"{count:,} activities, 60 ms a call; {len(rounds)} rounds, each with an athlete of its own\n")
    print(
        f"{'round':<8}{'first row ms':>14}{'last row ms':>14}{'bare loop ms':>14}{'× bare':>9}{'longest task ms':>17}"
    )
    for number, one in enumerate(rounds, 1):
        print(
            f"{number:<8}{one['first']:>14.0f}{one['last']:>14.0f}{one['bare']:>14.0f}"
            f"{one['last'] / one['bare']:>9.2f}{one['longest']:>17.0f}"
        )
    for figure in ("first", "last", "bare", "longest"):
        record.add(f"{figure} ms", [one[figure] for one in rounds])
    record.goal("first row, ms", statistics.median(one["first"] for one in rounds), 300)
    record.goal("last row, × the bare loop", statistics.median(one["last"] / one["bare"] for one in rounds), 1.25)
    record.goal("longest task of the page, ms (0: none over 50)", max(one["longest"] for one in rounds), 50)
    return record.finish()


if __name__ == "__main__":
    sys.exit(main())
