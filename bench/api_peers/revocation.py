"""How soon a stream ends after its token was revoked in another web process: part of `bin/bench api`.

The time begins before the settings page is opened, so it includes loading that page and posting its form.
"""

import asyncio
import time
from statistics import median

from bench.record import Record
from bench.services import running_services
from tests.live.token_streams import make_token, revoke_token, settings_of, stream
from tests.live.two_processes import TwoProcesses, two_processes
from tests.live_site import LiveSites
from tests.patience import PATIENCE_S

TRIALS = 10
LIMIT_S = 1.0


async def seconds_until_ended(two: TwoProcesses, name: str) -> float:
    """Make a token and revoke it in the first process. Return the seconds until its stream in the second one ends."""
    browser = settings_of(two, 0)
    secret = await asyncio.to_thread(make_token, browser, name)
    async with stream(two.urls[1], f"/api/v1/clubs/{two.club.slug}/stream", secret) as ending:
        began = time.monotonic()
        await asyncio.to_thread(revoke_token, browser, name)
        await asyncio.wait_for(asyncio.shield(ending), PATIENCE_S)
        return time.monotonic() - began


def main() -> int:
    record = Record("api_revocation")
    with running_services() as services, LiveSites(services.databases) as sites:
        environment = {
            "DJANGO_SETTINGS_MODULE": "site_config.settings",
            "REDIS_URL": services.redis.url,
            "DATABASE_URL": services.databases.postgres(services.postgres.url),
        }
        two = two_processes(sites, **environment)
        took = [asyncio.run(seconds_until_ended(two, f"Token {number}")) for number in range(TRIALS)]
    record.add("revoked to ended, s", took)
    print(f"a token revoked in the other process ends its stream after {median(took):.3f} s, at most {max(took):.3f} s")
    record.goal("stream: seconds until a revoked token ends it", max(took), LIMIT_S)
    return record.finish()
