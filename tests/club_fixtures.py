"""Fixtures: a club with a captain, an invitation (its secret code) and a member, and a second club."""

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.founding import found_club_at
from strava_live.clubs.keys import invite
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.membership.joining import join
from strava_live.membership.sharing import share
from strava_live.social.cheers import cheer
from strava_live.social.posts import post
from tests.clubs.runs import ran


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
def captains_post(club: Club, member: Membership, athlete: User, captain: User) -> Entry:
    """A post of the captain, for which the member has cheered. The member also has a post and a parkrun entry."""
    ran(athlete, 1)
    share(club.pk, athlete.pk, parkruns=True)
    post(athlete.pk, club.pk, "Coffee?")
    answer = post(captain.pk, club.pk, "Yes")
    cheer(athlete.pk, club.pk, answer.pk)
    return answer


@pytest.fixture
def other_club(stranger: User) -> Club:
    return found_club_at("other", "Other", time_zone="UTC", captain=stranger)
