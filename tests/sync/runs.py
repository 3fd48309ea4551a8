"""A run that this process holds, and activities at Strava that it stores."""

from datetime import UTC, datetime, timedelta
from typing import Any

from strava_live.accounts.models import User
from strava_live.activities.athlete_state import ensure_athlete_state
from strava_live.leases import Lease
from strava_live.protocol import ItemShape, ParkrunShape
from strava_live.strava.payloads import StravaActivity, read_activity
from strava_live.sync.models import SyncRun
from strava_live.sync.pipeline import Place
from strava_live.sync.store import StoredChunk, store_chunk
from tests.strava.payloads import summary

LEASE = Lease("this-process", timedelta(seconds=20))
MOST_QUERIES = 8
"""How many queries storing a chunk may take."""
BUSHY = [51.410992, -0.335791]
SATURDAY = datetime(2024, 6, 1, 8, 1, tzinfo=UTC)  # 9:01 local time at Bushy


def parkrun_in(item: ItemShape) -> ParkrunShape:
    """Return the parkrun of an item that is one."""
    assert item["parkrun"] is not None
    return item["parkrun"]


def sync_run_of(athlete: User) -> SyncRun:
    ensure_athlete_state(athlete.pk)
    return SyncRun.objects.create(
        athlete=athlete,
        strava_id=17,
        state=SyncRun.RunState.RUNNING,
        started_at=datetime.now(UTC),
        lease_owner=LEASE.owner,
        lease_until=datetime.now(UTC) + LEASE.length,
    )


def waiting_run_of(athlete: User) -> SyncRun:
    """Create an import that waits for Strava for another hour."""
    now = datetime.now(UTC)
    return SyncRun.objects.create(
        athlete=athlete,
        strava_id=17,
        state=SyncRun.RunState.WAITING,
        started_at=now,
        wait_reason=SyncRun.Wait.RATE_LIMIT,
        wait_until=now + timedelta(hours=1),
    )


def strava_run(strava_id: int, start: datetime, **changes: Any) -> StravaActivity:
    """Return a run of ten kilometres, which no rule takes for a parkrun."""
    fields = {
        "start_date": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "start_date_local": (start + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "timezone": "(GMT+00:00) Europe/London",
        "utc_offset": 3600.0,
        "name": "Morning Run",
        "sport_type": "Run",
        "distance": 10_000.0,
        "start_latlng": [53.0, -1.0],
        "map": None,
        "manual": False,
        "trainer": False,
    }
    return read_activity(summary(strava_id, **fields | changes))


def parkrun(strava_id: int, start: datetime = SATURDAY, **changes: Any) -> StravaActivity:
    """Return a sure parkrun at Bushy, unless `changes` say otherwise."""
    fields = {"distance": 5_010.0, "start_latlng": BUSHY, "elapsed_time": 1500, "moving_time": 1495}
    return strava_run(strava_id, start, **fields | changes)


def strava_runs(count: int, *, first: int = 1) -> list[StravaActivity]:
    return [strava_run(first + number, SATURDAY - timedelta(hours=20 * number)) for number in range(count)]


def store(run: SyncRun, *activities: StravaActivity) -> StoredChunk:
    """Store the activities as one chunk of the run."""
    return store_chunk(run, LEASE, list(activities), Place(activities[-1].start, 1, 1, 0))
