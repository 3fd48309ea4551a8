"""How much the web process's memory grows while it imports 20,000 activities: `bin/bench sync_memory`."""

import asyncio
import re
import sys
from pathlib import Path

from bench.record import Record
from simulators.process import StandIn
from tests.live.visitor import Visitor
from tests.live_site import LiveSites
from tests.migrated import MigratedDatabases
from tests.strava_of import strava_of

ACTIVITIES = 20_000
WARM_UP = 200
"""How many activities are imported first, so that what every import needs is not counted as growth."""


def peak_mb(pid: int) -> float:
    """Return the most memory that a process has used so far."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    assert found
    return int(found[1]) / 1024


async def sync(visitor: Visitor) -> int:
    """Import a visitor's activities and return how many arrived over the socket. Do not keep the messages."""
    received = 0
    async with visitor.socket() as talk:
        await talk.next()
        await talk.say("sync.start")
        while True:
            message = await talk.next()
            talk.heard.clear()
            received += len(message.get("items", []))
            if message["type"] in {"sync.finished", "sync.failed"}:
                assert message["type"] == "sync.finished", message
                return received


def main() -> int:
    record = Record("sync_memory")
    databases = MigratedDatabases()
    with StandIn() as stand_in, LiveSites(databases) as live_sites:
        stand_in.limits(overall=[10**6, 10**7], read=[10**6, 10**7], window_s=900)
        site = live_sites(**strava_of(stand_in))
        web = site.start("web")
        peaks = []
        for count in (WARM_UP, ACTIVITIES):
            visitor = Visitor(site.url)
            visitor.sign_in_with_strava(stand_in, stand_in.add_athlete(activities=count))
            received = asyncio.run(sync(visitor))
            peaks.append(peak_mb(web.pid))
            print(f"{received:6} activities received: peak {peaks[-1]:.1f} MB")
    databases.remove()
    record.add("peak MB", peaks)
    record.goal("growth while 20,000 activities are read, MB", peaks[1] - peaks[0], 60)
    return record.finish()


if __name__ == "__main__":
    sys.exit(main())
