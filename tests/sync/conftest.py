"""A run in our hands, and activities for it to keep."""

from datetime import UTC, datetime, timedelta

import pytest

from strava_live.accounts.models import User
from strava_live.activities.marks import begin_marks
from strava_live.sync.models import SyncRun
from strava_live.sync.runs import Lease

LEASE = Lease("this-process", timedelta(seconds=20))


@pytest.fixture
def run(athlete: User) -> SyncRun:
    return sync_run_of(athlete)


def sync_run_of(athlete: User) -> SyncRun:
    begin_marks(athlete.pk)
    return SyncRun.objects.create(
        athlete=athlete,
        strava_id=17,
        state=SyncRun.State.RUNNING,
        started_at=datetime.now(UTC),
        lease_owner=LEASE.owner,
        lease_until=datetime.now(UTC) + LEASE.length,
    )
