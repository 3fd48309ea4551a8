"""`manage.py runserver` starts our server, with its limits and its background work."""

import asyncio

import pytest

from simulators.process import StandIn
from tests.live.founding import newcomer
from tests.live.raw_http import RawConnection
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_S
from tests.strava_of import strava_of

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def site(module_sites: LiveSites, stand_in_process: StandIn) -> LiveSite:
    runserver = {"web": "python manage.py runserver --noreload 0.0.0.0:$PORT"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.live_site.procfile", lambda: runserver)
        return module_sites.running(**strava_of(stand_in_process))


async def test_runserver_carries_out_a_run_that_a_form_has_started(site: LiveSite, stand_in_process: StandIn) -> None:
    stand_in_process.clear_faults()
    visitor = newcomer(site, "alva")
    visitor.connect_strava(stand_in_process, stand_in_process.add_athlete(activities=3))

    async with visitor.socket() as talk:
        await talk.next()
        await asyncio.to_thread(visitor.post, "/sync/start/", "/sync/")
        finished = await asyncio.wait_for(talk.until("sync.finished", "sync.failed"), PATIENCE_S)

    assert (finished["type"], finished["run"]["found"]) == ("sync.finished", 3)


async def test_runserver_limits_requests_and_logs_no_key(site: LiveSite) -> None:
    with RawConnection(site.url) as connection:
        connection.ask("GET", "/join/s3cret-invitation/")
        connection.send(b"POST / HTTP/1.1\r\nContent-Length: 9999999999\r\n\r\n")
        connection.expect("POST")
        assert connection.answer().status == 413
    visitor = newcomer(site, "bruno")
    async with visitor.socket() as talk:
        await talk.connection.send(" " * 200_000)
        assert await talk.closed() == 1009

    assert "s3cret" not in site.log.read_text()
