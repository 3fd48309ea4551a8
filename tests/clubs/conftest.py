"""A club with its captain and an invitation, and somebody in it."""

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.founding import found_club_at
from strava_live.clubs.keys import invite
from strava_live.clubs.models import Club, Membership
from strava_live.feed.members import join


@pytest.fixture
def club(captain: User) -> Club:
    return found_club_at("striders", "Striders", time_zone="Europe/London", captain=captain)


@pytest.fixture
def code(club: Club) -> str:
    return invite(club.pk).secret.reveal()


@pytest.fixture
def member(athlete: User, code: str) -> Membership:
    return join(athlete.pk, code, parkruns=False)


@pytest.fixture
def other_club(stranger: User) -> Club:
    return found_club_at("other", "Other", time_zone="UTC", captain=stranger)
