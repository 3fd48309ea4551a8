"""Fixtures for a club with two members, of whom one may share their parkruns."""

from datetime import timedelta

import pytest
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.activities.athlete_state import ensure_athlete_state
from strava_live.activities.models import Activity
from strava_live.clubs.models import Club, Membership
from strava_live.parkrun.result_models import ParkrunResult
from tests.clubs import runs
from tests.feed.entries import Ran
from tests.web import kept


@pytest.fixture
def club(athlete: User, clubmate: User) -> Club:
    club = Club.objects.create(slug="striders", name="Striders", time_zone="Europe/London")
    for user in (athlete, clubmate):
        ensure_athlete_state(user.pk)
        Membership.objects.create(club=club, user=user)
    return club


@pytest.fixture
def sharing(club: Club, athlete: User) -> Membership:
    member = Membership.objects.get(club=club, user=athlete)
    member.shares_parkruns = True
    member.save()
    return member


@pytest.fixture
def ran(athlete: User) -> Ran:
    """Return a function that adds a parkrun of the athlete."""

    def add(days_ago: int, slug: str = "bushy", time_s: int | None = 1500) -> ParkrunResult:
        return runs.ran(athlete, days_ago, slug, official_time_s=time_s)

    return add


@pytest.fixture
def hidden(athlete: User) -> Activity:
    """A parkrun of yesterday that only the athlete can see at Strava."""
    start = timezone.now() - timedelta(days=1)
    return kept.parkrun(athlete, 5, start=start, wall_clock=f"{start:%Y-%m-%d}T09:00:00", visibility="only_me")
