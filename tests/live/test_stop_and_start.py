"""Start directly after Stop: a new run starts, even if another process executes the old one. Only one is live."""

import asyncio

import pytest

from simulators.process import StandIn
from tests.live.founding import connected_athlete
from tests.live.visitor import Visitor
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_S
from tests.strava_of import strava_of

pytestmark = pytest.mark.services


def athlete_of(site: LiveSite, stand_in: StandIn) -> tuple[Visitor, int]:
    """Sign up an athlete whose history takes forty seconds to read, longer than the test needs on a busy machine."""
    visitor, strava_id = connected_athlete(site, stand_in, activities=2000)
    stand_in.fault("drip", "activities", ms=20, athlete_id=strava_id)
    return visitor, strava_id


def runs_of(site: LiveSite, strava_id: int) -> list[str]:
    code = (
        "from strava_live.sync.models import SyncRun\n"
        f"print(*SyncRun.objects.filter(strava_id={strava_id}).order_by('pk').values_list('state', flat=True))"
    )
    return site.manage("shell", "--verbosity", "0", "-c", code).split()


async def test_socket_that_stops_and_starts_gets_a_new_run(site: LiveSite, stand_in_process: StandIn) -> None:
    visitor, strava_id = athlete_of(site, stand_in_process)

    async with visitor.socket() as talk:
        await talk.say("sync.start")
        first = await talk.until("activities.found")
        await talk.say("sync.cancel")
        await talk.say("sync.start")
        started = await asyncio.wait_for(talk.until("sync.started", "error"), PATIENCE_S)
        second = await talk.until("activities.found")
        cancelled = [message["run"]["id"] for message in talk.heard if message["type"] == "sync.cancelled"]
        states = await asyncio.to_thread(runs_of, site, strava_id)
        await talk.say("sync.cancel")
        await talk.until("sync.cancelled")

    assert started["type"] == "sync.started", started
    assert second["run_id"] == started["run"]["id"] > first["run_id"]
    assert (cancelled, states) == ([first["run_id"]], ["cancelled", "running"])


async def test_forms_that_stop_and_start_get_a_new_run(site: LiveSite, stand_in_process: StandIn) -> None:
    visitor, strava_id = athlete_of(site, stand_in_process)

    async with visitor.socket() as talk:
        await asyncio.to_thread(visitor.post, "/sync/start/", "/sync/")
        await talk.until("activities.found")
        for path in ("/sync/cancel/", "/sync/start/"):
            await asyncio.to_thread(visitor.post, path, "/sync/")

    page = await asyncio.to_thread(visitor.get, "/sync/")
    assert "A sync is already running" not in page.text
    assert await asyncio.to_thread(runs_of, site, strava_id) == ["cancelled", "running"]


async def test_start_waits_until_another_process_has_stopped_the_run(
    live_sites: LiveSites, stand_in_process: StandIn, redis_url: str
) -> None:
    """A process checks every half second whether its runs must stop."""
    site = live_sites(REDIS_URL=redis_url, **strava_of(stand_in_process))
    site.start("web")
    _, elsewhere = site.start_another_web()
    visitor, strava_id = athlete_of(site, stand_in_process)

    async with visitor.socket(url=elsewhere) as talk:
        await asyncio.to_thread(visitor.post, "/sync/start/", "/sync/")
        await talk.until("activities.found")
        await talk.say("sync.cancel")
        await talk.say("sync.start")
        answer = await asyncio.wait_for(talk.until("sync.waiting", "sync.started", "error"), PATIENCE_S)
        states = await asyncio.to_thread(runs_of, site, strava_id)
        await talk.say("sync.cancel")
        await talk.until("sync.cancelled")

    assert answer["type"] == "sync.started", answer
    assert states == ["cancelled", "running"]


async def test_second_start_without_a_stop_is_still_refused(site: LiveSite, stand_in_process: StandIn) -> None:
    visitor, strava_id = athlete_of(site, stand_in_process)

    async with visitor.socket() as talk:
        await talk.say("sync.start")
        await talk.until("activities.found")
        await talk.say("sync.start")
        refused = await asyncio.wait_for(talk.until("error", "sync.waiting", "sync.finished"), PATIENCE_S)

    assert refused["code"] == "already_running"
    assert await asyncio.to_thread(runs_of, site, strava_id) == ["running"]
