"""Fixtures of the API's tests: the secrets of an athlete's two tokens, and clubs."""

import pytest

from strava_live.accounts.models import User
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import make_token
from tests.club_fixtures import captains_post, club, code, member, other_club

__all__ = ["captains_post", "club", "code", "member", "other_club"]


@pytest.fixture
def read_token(athlete: User) -> str:
    return make_token(athlete.pk, name="Kitchen display", scope=ApiToken.Scope.READ)[1]


@pytest.fixture
def write_token(athlete: User) -> str:
    return make_token(athlete.pk, name="Club robot", scope=ApiToken.Scope.WRITE)[1]
