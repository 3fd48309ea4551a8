"""How long users wait, with a limit for each: `bin/bench latency`, or `python -m bench.latency NAME…` for some of them.

- post: from sending a post until three members and a wall screen, on two web processes, have received it
- stuck: from announcing an entry until a member has it, while three clients of the same process have stopped reading
- redis: from the restart of Redis until three clients have the posts that were written while it was down
- bytes: from the last byte of an activity in Strava's answer until our Strava client yields the activity
- near: from asking for the parkrun events near a point until they are found
- feed: the longest time for which a browser's page is blocked while an entry arrives above 1,200 others
"""

import asyncio
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, aclosing, contextmanager

from playwright.sync_api import Page, expect, sync_playwright

from bench.record import Record
from bench.services import Services, running_services
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.bundled import bundled_events
from strava_live.strava.budget import MemoryBudget
from strava_live.strava.client import Strava
from strava_live.strava.limits import Lane
from tests.browser.club_site import found_on, write
from tests.browser.quiet import QUIET
from tests.http.servers import answering
from tests.live.feed_client import FeedClient, following, until_all
from tests.live.stuck_socket import stuck_socket
from tests.live.two_processes import TwoProcesses, two_processes
from tests.live_site import ROOT, LiveSites
from tests.services.browser import browser_program
from tests.strava.one_token import OneToken
from tests.strava.payloads import summary

POSTS, STUCK, ANNOUNCED, SIZE = 50, 3, 200, 100_000
"""How many posts and stuck clients, and how many entries of how many bytes are announced to the stuck clients."""
ENTRIES, ARRIVALS = 1200, 5
LIMITS_MS = {"post": 300.0, "stuck": 2000.0, "redis": 5000.0, "bytes": 50.0, "near": 1.0, "feed": 100.0}
"""The most that each may take."""
WATCH_LONG_TASKS = """() => {
  window.longest = 0;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
  }).observe({ type: "longtask" });
}"""


def milliseconds_since(began: float) -> float:
    return (time.monotonic() - began) * 1000


@contextmanager
def site_of_two(services: Services) -> Iterator[TwoProcesses]:
    """Start a site of two web processes over Redis and Postgres."""
    with LiveSites(services.databases) as sites:
        database = services.databases.postgres(services.postgres.url)
        yield two_processes(sites, REDIS_URL=services.redis.url, DATABASE_URL=database)


def has_seq(seq: int) -> Callable[[FeedClient], bool]:
    return lambda client: client.feed.seq == seq


def post(services: Services) -> float:
    """Return how long a post takes to reach three members and a wall screen (median, in ms)."""

    async def measure(two: TwoProcesses) -> list[float]:
        members, wall = [two.member(number, at=number % 2) for number in range(3)], two.screen(at=1)
        took = []
        async with following(*members, wall):
            for number in range(POSTS):
                began = time.monotonic()
                await members[number % 3].say("post.create", text=f"post {number}", ref=f"r{number}")
                await until_all((*members, wall), has_seq(number + 1))
                took.append(milliseconds_since(began))
                await asyncio.sleep(0.02)
        return took

    with site_of_two(services) as two:
        return statistics.median(asyncio.run(measure(two)))


def stuck(services: Services) -> float:
    """Return the longest time that a member waits for an entry while other clients have stopped reading, in ms."""

    async def measure(two: TwoProcesses) -> float:
        reader = two.member(3)
        words = ["-m", "tests.live.announcer", *map(str, (two.club.pk, ANNOUNCED, SIZE))]
        async with following(reader):
            announcing = await asyncio.create_subprocess_exec(
                sys.executable, *words, env=two.site.environment, cwd=ROOT
            )
            await reader.until(lambda: reader.feed.seq == ANNOUNCED)
            await announcing.wait()
        delays: list[float] = [
            at - float(message["entry"]["data"]["ref"]) for at, message in reader.heard if "entry" in message
        ]
        return max(delays)

    with site_of_two(services) as two, ExitStack() as sockets:
        for number in range(STUCK):
            sockets.enter_context(stuck_socket(two.site, two.club, number))
        return asyncio.run(measure(two)) * 1000


def redis(services: Services) -> float:
    """Return how long after the restart of Redis all clients have the posts written while it was down, in ms."""

    async def measure(two: TwoProcesses) -> float:
        writer, other, wall = two.member(0), two.member(1, at=1), two.screen(at=1)
        async with following(writer, other, wall):
            services.redis.stop()
            for number in range(3):
                await writer.say("post.create", text=f"meanwhile {number}", ref=f"m{number}")
            await writer.say("cheer", id=2**62)  # its answer comes after the commands before it are done
            await writer.until_heard("error")
            services.redis.start()
            began = time.monotonic()
            await until_all((writer, other, wall), has_seq(3))
            return milliseconds_since(began)

    with site_of_two(services) as two:
        return asyncio.run(measure(two))


def bytes_to_activity(_: Services) -> float:
    """Return how long after its last byte an activity is yielded by our Strava client (median, in ms)."""
    sent: list[float] = []

    async def drip(head: bytes, writer: asyncio.StreamWriter) -> None:
        sent.clear()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        for number in range(1, 201):
            sent.append(time.monotonic())
            writer.write((b"," if number > 1 else b"[") + json.dumps(summary(number)).encode())
            await writer.drain()
            await asyncio.sleep(0.01)

    async def measure() -> list[float]:
        late: list[float] = []
        async with answering(drip) as url:
            for _ in range(5):
                strava = Strava(oauth_url=url, api_url=url, client_id="", client_secret="", budget=MemoryBudget())
                async with aclosing(strava.activities(OneToken("t"), lane=Lane.PERSON)) as walk:
                    seen = 0
                    async for _ in walk:
                        late.append(milliseconds_since(sent[seen]))
                        seen += 1
                        if seen == 20:
                            break
        return late

    return statistics.median(asyncio.run(measure()))


def near(_: Services) -> float:
    """Return how long finding the events near a point takes (mean, in ms)."""
    atlas, chance = Atlas(bundled_events()), random.Random(7)
    points = [(one.latitude + chance.uniform(-0.1, 0.1), one.longitude) for one in atlas.events]
    began = time.monotonic()
    for point in points:
        atlas.near(point, within_m=2000)
    return milliseconds_since(began) / len(points)


def feed(services: Services) -> float:
    """Return the longest time for which the page is blocked while an entry arrives (median, in ms)."""
    program = browser_program()
    if program is None:
        sys.exit("needs a browser: apt-get install chromium")
    with LiveSites(services.databases) as sites, sync_playwright() as playwright:
        site = sites()
        site.start("web")
        club = found_on(site)
        club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, {ENTRIES})")
        browser = playwright.chromium.launch(executable_path=str(program), args=QUIET)
        page = club.feed(browser, 0)
        while page.locator(".entry").count() < ENTRIES:
            page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
            page.wait_for_timeout(50)
        page.evaluate("scrollTo(0, 0)")
        page.evaluate(WATCH_LONG_TASKS)
        longest = [longest_task(page, number) for number in range(ARRIVALS)]
        browser.close()
    return statistics.median(longest)


def longest_task(page: Page, number: int) -> float:
    page.wait_for_timeout(300)
    page.evaluate("window.longest = 0")
    write(page, f"On top of them all {number}")
    expect(page.locator(".entry").first).to_contain_text(f"On top of them all {number}")
    page.wait_for_timeout(300)
    return float(page.evaluate("window.longest"))


MEASURES: dict[str, Callable[[Services], float]] = {
    "post": post,
    "stuck": stuck,
    "redis": redis,
    "bytes": bytes_to_activity,
    "near": near,
    "feed": feed,
}


def main(names: list[str]) -> int:
    if set(names) - set(MEASURES):
        sys.exit(f"There are: {', '.join(MEASURES)}.")
    record = Record("latency")
    with running_services() as services:
        for name in names or MEASURES:
            record.goal(f"{name}, ms", MEASURES[name](services), LIMITS_MS[name])
    return record.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
