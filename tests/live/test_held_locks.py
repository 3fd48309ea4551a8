"""A row stays locked: writes to it are answered with "try again", and all other requests are not delayed."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import pytest

from simulators.process import StandIn
from tests.live.feed_client import FeedClient, following
from tests.live.founding import FoundClub, found_clubs
from tests.live.held_lock import held_row
from tests.live.visitor import Visitor
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases
from tests.patience import PATIENCE_S
from tests.strava_of import lift_limits, strava_of

pytestmark = pytest.mark.services

AT_ONCE = 12
"""Writes sent at once: more than the pool has database connections."""
BEGIN_ALL_MARKS = """
from strava_live.accounts.models import User
from strava_live.activities.athlete_state import ensure_athlete_state
for pk in User.objects.values_list("pk", flat=True):
    ensure_athlete_state(pk)
"""
CALLS_FOR_ONE_PAGE = 3
"""Calls to Strava for a history of one page: the page, and two calls that find no older activities."""
CLUBS, MARKS = "strava_live_club", "strava_live_athletestate"


@pytest.fixture(scope="module")
def site(module_sites: LiveSites, migrated_databases: MigratedDatabases, postgres_url: str) -> LiveSite:
    site = module_sites(DATABASE_URL=migrated_databases.postgres(postgres_url))
    site.start("web")
    return site


@pytest.fixture(scope="module")
def clubs(site: LiveSite) -> list[FoundClub]:
    return found_clubs(site, 4, members=AT_ONCE, screens=1)


@pytest.fixture
def club(clubs: list[FoundClub]) -> FoundClub:
    return clubs.pop()


@pytest.fixture
def other_club(clubs: list[FoundClub]) -> FoundClub:
    return clubs.pop()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2 * AT_ONCE) as pool:
        yield pool


def member(site: LiveSite, club: FoundClub, number: int = 0) -> FeedClient:
    return FeedClient(site.url, f"/ws/clubs/{club.slug}/", club.sessions[number])


def visitor(site: LiveSite, club: FoundClub, number: int) -> Visitor:
    one = Visitor(site.url)
    one.jar.set("sessionid", club.sessions[number], domain="localhost.local")
    return one


def post_by_form(site: LiveSite, club: FoundClub, number: int, text: str) -> httpx.Response:
    return visitor(site, club, number).post(f"/clubs/{club.slug}/posts/", f"/clubs/{club.slug}/", text=text)


async def test_writes_to_a_locked_club_must_be_sent_again_and_other_clubs_are_not_delayed(
    site: LiveSite, club: FoundClub, other_club: FoundClub, threads: ThreadPoolExecutor
) -> None:
    blocked, beside = member(site, club), member(site, other_club, 1)
    async with following(blocked, beside):
        with held_row(site.environment["DATABASE_URL"], CLUBS, "id", club.pk):
            by_form = [
                asyncio.wrap_future(threads.submit(post_by_form, site, club, number, f"blocked {number}"))
                for number in range(AT_ONCE)
            ]
            for number in range(4):
                await blocked.say("post.create", text="blocked", ref=f"blocked-{number}")
            await asyncio.sleep(0.5)  # so that all of them wait for the lock
            await assert_others_not_delayed(site, other_club, beside, threads)
            answers = await asyncio.gather(*by_form)
            for number in range(4):
                await blocked.until_heard("error", code="try_again", ref=f"blocked-{number}")
        await blocked.say("post.create", text="free again", ref="free")
        await blocked.until(lambda: "free again" in texts(blocked))
        assert (blocked.connections_made, beside.connections_made) == (1, 1)
        assert texts(blocked) == ["free again"]
    assert {answer.status_code for answer in answers} == {503}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    assert all("won't be done twice" in answer.text for answer in answers)
    assert "Traceback" not in site.log.read_text()


async def test_writes_of_a_locked_athlete_must_be_sent_again_and_others_are_not_delayed(
    site: LiveSite, club: FoundClub, other_club: FoundClub, threads: ThreadPoolExecutor
) -> None:
    beside = member(site, other_club, 1)
    user_id = club.members[0]
    code = f"from strava_live.activities.athlete_state import ensure_athlete_state as ensure; ensure({user_id})"
    site.manage("shell", "-v", "0", "-c", code)
    me = visitor(site, club, 0)
    async with me.socket() as talk, following(beside):
        await talk.next()
        with held_row(site.environment["DATABASE_URL"], MARKS, "athlete_id", user_id):
            by_form = [asyncio.wrap_future(threads.submit(save_by_form, site, club)) for _ in range(AT_ONCE)]
            for number in range(4):
                await talk.say("activity.save", strava_id=1, ref=str(number))
            await asyncio.sleep(0.5)
            await assert_others_not_delayed(site, other_club, beside, threads)
            answers = await asyncio.gather(*by_form)
            refused = [await talk.until("error") for _ in range(4)]
        await talk.say("activity.save", strava_id=1)
        assert (await talk.until("error"))["code"] == "unknown_activity"
    assert [(one["code"], one["ref"]) for one in refused] == [("try_again", str(number)) for number in range(4)]
    assert {answer.status_code for answer in answers} == {503}
    assert beside.connections_made == 1


async def test_sync_waits_for_a_locked_athlete_and_reads_each_page_once(
    live_sites: LiveSites, postgres_database: str, stand_in_process: StandIn
) -> None:
    stand_in_process.clear_faults()
    lift_limits(stand_in_process)
    strava_id = stand_in_process.add_athlete(activities=50)
    site = live_sites(DATABASE_URL=postgres_database, **strava_of(stand_in_process))
    site.start("web")
    athlete = Visitor(site.url)
    athlete.sign_in_with_strava(stand_in_process, strava_id)
    site.manage("shell", "-v", "0", "-c", BEGIN_ALL_MARKS)

    async with athlete.socket() as talk:
        with held_row(postgres_database, MARKS, "value", 0):
            await talk.say("sync.start")
            await talk.until("sync.started")
            await asyncio.to_thread(until_logged, site, "a run could not be written")
        run = (await talk.until("sync.finished", "sync.failed", "sync.waiting"))["run"]

    assert (run["state"], run["found"], run["requests"]) == ("finished", 50, CALLS_FOR_ONE_PAGE)
    assert "Traceback" not in site.log.read_text()


def until_logged(site: LiveSite, words: str) -> None:
    for _ in range(300):
        if words in site.log.read_text():
            return
        time.sleep(0.1)
    raise AssertionError(site.log.read_text())


def save_by_form(site: LiveSite, club: FoundClub) -> httpx.Response:
    return visitor(site, club, 0).post("/activities/1/save/", "/settings/")


async def assert_others_not_delayed(
    site: LiveSite, club: FoundClub, beside: FeedClient, threads: ThreadPoolExecutor
) -> None:
    """Check pages, posts by form and by socket, new sockets and /readyz while writes wait for a locked row."""
    for round_number in range(3):
        posted = threads.submit(post_by_form, site, club, 2, f"by form {round_number}")
        await beside.say("post.create", text=f"by socket {round_number}", ref=f"{round_number}")
        pages = [threads.submit(visitor(site, club, 3).get, f"/clubs/{club.slug}/") for _ in range(4)]
        ready = threads.submit(httpx.get, f"{site.url}/readyz", timeout=PATIENCE_S)
        assert [page.status_code for page in await finished(pages)] == [200] * 4
        assert [answer.status_code for answer in await finished([posted, ready])] == [302, 200]
        await beside.until(lambda number=round_number: f"by socket {number}" in texts(beside))  # type: ignore[misc]
        async with following(member(site, club, 4)):
            pass


async def finished(answers: list[Future[httpx.Response]]) -> list[httpx.Response]:
    return list(await asyncio.gather(*(asyncio.wrap_future(answer) for answer in answers)))


def texts(client: FeedClient) -> list[str]:
    return [text for _, _, text, _ in client.feed.rows()]
