"""Fixtures: an athlete who is connected to the stand-in, a club that sees their parkruns, and a parkrun at Strava."""

from collections.abc import Iterator

import pytest

from simulators.process import StandIn
from strava_live.accounts.models import User
from strava_live.activities.models import AthleteState
from strava_live.clubs.models import Club, Membership
from strava_live.sync import event_pace
from tests.strava_of import lift_limits
from tests.sync.connected import connect


@pytest.fixture
def strava_id(
    connections_closed: None, events: None, stand_in: StandIn, athlete: User, monkeypatch: pytest.MonkeyPatch
) -> Iterator[int]:
    """The Strava id of the athlete, who has no activities at the stand-in. No budget or pace delays calls."""
    monkeypatch.setattr(event_pace, "APART_S", 0.0)
    monkeypatch.setattr(event_pace, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr("strava_live.sync.runner.LOOK_AGAIN_EVERY_S", 0.0)
    lift_limits(stand_in)
    event_pace.paces.clear()
    yield connect(athlete, stand_in, activities=0, event="bushy")
    lift_limits(stand_in)


@pytest.fixture
def club(athlete: User, strava_id: int) -> Club:
    """A club with which the athlete shares parkruns. All of the athlete's history is known."""
    club = Club.objects.create(slug="striders", name="Striders", time_zone="Europe/London")
    AthleteState.objects.create(athlete=athlete, history_known=True)
    Membership.objects.create(club=club, user=athlete, shares_parkruns=True)
    return club


@pytest.fixture
def parkrun_id(stand_in: StandIn, strava_id: int) -> int:
    """The id of a parkrun of the athlete at Strava."""
    return int(stand_in.finish_parkrun(strava_id)["id"])
