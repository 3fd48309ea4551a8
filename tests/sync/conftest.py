"""Fixtures for syncs, among them a run that is leased by this process."""

import pytest

from strava_live.accounts.models import User
from strava_live.sync.models import SyncRun
from tests.sync.fixtures import club, parkrun_id, strava_id
from tests.sync.runs import sync_run_of

__all__ = ["club", "parkrun_id", "strava_id"]


@pytest.fixture
def run(athlete: User) -> SyncRun:
    return sync_run_of(athlete)
