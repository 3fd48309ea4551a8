"""Fixtures for pages: a club with a post, and a fixed date after all results of the tests, with the parkrun events."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.feed.posts import post


@pytest.fixture
def today(events: None) -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def club(athlete: User, clubmate: User, captain: User) -> Club:
    """Striders, with three members."""
    club = Club.objects.create(slug="striders", name="Striders", time_zone="Europe/London")
    for user in (athlete, clubmate, captain):
        role = Membership.Role.CAPTAIN if user == captain else Membership.Role.MEMBER
        Membership.objects.create(club=club, user=user, role=role)
    return club


@pytest.fixture
def posted(club: Club, athlete: User) -> Entry:
    """A post of the athlete in that club."""
    return post(athlete.pk, club.pk, "Coffee at Anna's?")
