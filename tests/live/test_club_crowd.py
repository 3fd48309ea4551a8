"""A process with many sockets: it stops cleanly, and a stuck socket delays no other."""

import asyncio
import resource
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.live.feed_client import following, until_all
from tests.live.founding import FoundClub, found_club
from tests.live.stuck_socket import stuck_socket
from tests.live.two_processes import TwoProcesses, two_processes
from tests.live_site import ROOT, LiveSite, LiveSites, procfile
from tests.patience import PATIENCE_S
from tests.site_process import SiteProcess

pytestmark = pytest.mark.services

CROWD = 1000
AT_ONCE = 100
STUCK = 3
ANNOUNCEMENTS, SIZE = 200, 100_000
"""Twenty megabytes: more than the kernel buffers for one socket."""


@pytest.fixture
def many_files() -> None:
    """Raise the limit of open files: each socket is one, in the test and in the server."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def open_sockets(site: LiveSite, club: FoundClub, count: int) -> list[ClientConnection]:
    slots = asyncio.Semaphore(AT_ONCE)
    url = f"{site.url.replace('http', 'ws')}/ws/clubs/{club.slug}/"

    async def open_one(number: int) -> ClientConnection:
        cookie = f"sessionid={club.sessions[number % len(club.sessions)]}"
        async with slots:
            return await connect(
                url, additional_headers={"Origin": site.url, "Cookie": cookie}, proxy=None, ping_interval=None
            )

    return await asyncio.gather(*(open_one(number) for number in range(count)))


@pytest.mark.usefixtures("many_files")
async def test_sigterm_closes_every_socket_with_4012_and_ends_the_process(
    live_sites: LiveSites, redis_url: str, postgres_database: str
) -> None:
    site = live_sites(REDIS_URL=redis_url, DATABASE_URL=postgres_database)
    club = found_club(site, members=50)
    process = site.start("web")
    settled = await open_sockets(site, club, CROWD)
    await asyncio.sleep(1.5)
    last_second = await open_sockets(site, club, AT_ONCE)

    process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(process.wait, PATIENCE_S) == 0

    for connection in (*settled, *last_second):
        await asyncio.wait_for(connection.wait_closed(), PATIENCE_S)
    assert {connection.close_code for connection in (*settled, *last_second)} == {4012}
    assert "Traceback" not in site.log.read_text()


async def test_socket_that_stops_reading_uses_little_memory_and_delays_no_other(
    live_sites: LiveSites, redis_url: str, postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pings are switched off, so that the server does not drop the stuck client for not answering one."""
    without_pings = {"web": procfile()["web"].replace("--ping-interval 30", "--ping-interval 86400")}
    monkeypatch.setattr("tests.live_site.procfile", lambda: without_pings)
    two = two_processes(live_sites, REDIS_URL=redis_url, DATABASE_URL=postgres_database)
    reader = two.member(3)

    with ExitStack() as stuck:
        for number in range(STUCK):
            stuck.enter_context(stuck_socket(two.site, two.club, number))
        async with following(reader):
            await reader.until(lambda: reader.feed.watching["members"] == 4)
            before = resident_kb(two.webs[0])
            announcing = await asyncio.create_subprocess_exec(*announcer(two), env=two.site.environment, cwd=ROOT)
            await reader.until(lambda: reader.feed.seq == ANNOUNCEMENTS)
            await reader.until(lambda: reader.feed.watching["members"] == 1)
            grown = resident_kb(two.webs[0]) - before
            assert await announcing.wait() == 0

    assert grown < 20_000


def announcer(two: TwoProcesses) -> list[str]:
    return [sys.executable, "-m", "tests.live.announcer", str(two.club.pk), str(ANNOUNCEMENTS), str(SIZE)]


def resident_kb(process: SiteProcess) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


async def test_all_clients_reconnect_after_a_deployment(
    live_sites: LiveSites, redis_url: str, postgres_database: str
) -> None:
    two = two_processes(live_sites, REDIS_URL=redis_url, DATABASE_URL=postgres_database)
    phone, laptop, wall = two.member(0), two.member(1), two.screen()

    async with following(phone, laptop, wall):
        await phone.say("post.create", text="before", ref="1")
        await until_all((phone, laptop, wall), lambda client: client.feed.seq == 1)
        two.webs[0].send_signal(signal.SIGTERM)
        await until_all((phone, laptop, wall), lambda client: client.code == 4012)
        await asyncio.to_thread(two.webs[0].wait, PATIENCE_S)
        meanwhile = f"post({two.club.members[2]}, {two.club.pk}, 'meanwhile')"
        await asyncio.to_thread(two.run, f"from strava_live.social.posts import post; {meanwhile}")
        await asyncio.to_thread(two.site.start, "web")
        await until_all((phone, laptop, wall), lambda client: client.feed.seq == 2)
        assert len(wall.feed.rows()) == 2
