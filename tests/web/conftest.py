"""Fixtures for pages: a club with a post, and a fixed date after all results of the tests, with the parkrun events."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from pytest_django import Settings

from simulators.bucket_process import BucketStandIn
from strava_live.accounts.models import User
from strava_live.bucket.models import BucketConnection
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.social.posts import post
from tests.bucket.connected import connected_to


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


@pytest.fixture
def my_bucket(transactional_db: None, bucket: BucketStandIn, athlete: User, settings: Settings) -> BucketConnection:
    """The athlete's connection to a person at the stand-in for Bucket. Pages wait for Bucket as long as it takes."""
    settings.BUCKET_PAGE_PATIENCE_S = 60.0
    return connected_to(bucket, athlete)
