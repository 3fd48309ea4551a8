"""A fixture for tests of signing in with Strava and connecting it."""

import pytest

from simulators.process import StandIn


@pytest.fixture
def strava_id(stand_in: StandIn) -> int:
    """The Strava id of an athlete who is not connected."""
    return stand_in.add_athlete(activities=3)
