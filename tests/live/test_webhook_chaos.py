"""Killed processes during a flood of Strava's events: nothing is lost, and nothing is done twice.

The clients check that no number of the feed comes twice or is missing, and that no entry is added twice.
"""

import pytest

from simulators.process import StandIn
from tests.live.connected_clubs import connected_club
from tests.live.webhook_chaos import WebhookChaos
from tests.live.webhook_site import subscribe, webhook_settings
from tests.live_site import LiveSites
from tests.strava_of import lift_limits

pytestmark = pytest.mark.services


async def test_site_has_what_strava_has_after_kills(
    live_sites: LiveSites, postgres_database: str, redis_url: str
) -> None:
    with StandIn("--no-cast") as stand_in:
        lift_limits(stand_in)
        stand_in.fault("latency", "api", ms=50)
        settings = {"DJANGO_SETTINGS_MODULE": "tests.live_settings", **webhook_settings(stand_in)}
        site = live_sites(REDIS_URL=redis_url, DATABASE_URL=postgres_database, **settings)
        site.start("web")
        subscribe(site)
        chaos = WebhookChaos(site, stand_in, connected_club(site, stand_in, members=20), seed=14)

        await chaos.run(3, events=60, seconds=1.2)

    assert chaos.kills == ["worker", "web", "worker"]
