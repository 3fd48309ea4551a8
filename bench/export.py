"""How soon an export of 20,000 activities begins, and how much memory it needs: `bin/bench export`.

The peer is a view that makes the zip in memory, with the activities alone.
"""

import io
import json
import sys
import time
from dataclasses import dataclass
from zipfile import ZipFile

import httpx

from bench.record import Record
from bench.sync_memory import peak_mb
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases

ACTIVITIES = 20_000
WARM_UP = 200
"""How many activities are exported first, so that what every export needs is not counted as growth."""
SLOW_S = 5.0
"""How long the slow client waits before it reads."""


@dataclass
class Download:
    first_byte_s: float
    total_s: float
    zipped: bytes


def session_of(site: LiveSite, activities: int) -> str:
    code = f"from bench.export_peers.athlete import print_session; print_session({activities})"
    return site.manage("shell", "-v", "0", "-c", code).strip()


def download(site: LiveSite, session: str, *, wait_s: float = 0.0) -> Download:
    """Download an export. With `wait_s`, wait after the head of the answer, as a slow client does."""
    began = time.perf_counter()
    received = io.BytesIO()
    headers = {"Cookie": f"sessionid={session}"}
    with httpx.stream("GET", f"{site.url}/settings/export/", headers=headers, timeout=120) as answer:
        assert answer.status_code == 200, answer.status_code
        parts = answer.iter_raw()
        received.write(next(parts))
        first_byte_s = time.perf_counter() - began
        time.sleep(wait_s)
        for part in parts:
            received.write(part)
    return Download(first_byte_s, time.perf_counter() - began, received.getvalue())


def rows_in(zipped: bytes) -> int:
    with ZipFile(io.BytesIO(zipped)) as archive:
        assert archive.testzip() is None
        return len(json.loads(archive.read("json/activities.json")))


def measure(record: Record, name: str, live_sites: LiveSites, waits_s: tuple[float, ...], **environment: str) -> None:
    site = live_sites(**environment)
    small, large = session_of(site, WARM_UP), session_of(site, ACTIVITIES)
    web = site.start("web")
    download(site, small)
    before = peak_mb(web.pid)
    for wait_s in waits_s:
        made = download(site, large, wait_s=wait_s)
        growth = peak_mb(web.pid) - before
        who = f"{name}, slow client" if wait_s else name
        assert rows_in(made.zipped) == ACTIVITIES
        print(
            f"{who:24} first byte {made.first_byte_s:6.3f} s · all {made.total_s:6.1f} s · "
            f"{len(made.zipped) / 1e6:5.1f} MB · memory +{growth:.1f} MB",
            flush=True,
        )
        record.add(f"{who}: first byte s", [made.first_byte_s])
        record.add(f"{who}: total s", [made.total_s])
        record.add(f"{who}: memory MB", [growth])
    site.stop()


def main() -> int:
    record = Record("export")
    databases = MigratedDatabases()
    with LiveSites(databases) as live_sites:
        measure(record, "ours", live_sites, (0.0, SLOW_S))
        measure(record, "zip in memory", live_sites, (0.0,), DJANGO_SETTINGS_MODULE="bench.export_peers.settings")
    databases.remove()
    for who in ("ours", "ours, slow client"):
        record.goal(f"{who}: first byte of {ACTIVITIES:,} activities, s", record.values[f"{who}: first byte s"][0], 1.0)
        record.goal(f"{who}: additional memory, MB", record.values[f"{who}: memory MB"][0], 40)
    return record.finish()


if __name__ == "__main__":
    sys.exit(main())
