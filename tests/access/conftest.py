"""Fixtures of the access table."""

import pytest
from pytest_django import Settings

from tests.hub.conftest import layer

__all__ = ["layer"]


@pytest.fixture(autouse=True)
def offered_bucket(settings: Settings) -> None:
    """Let the pages offer Bucket, although no stand-in for it answers."""
    settings.BUCKET_CLIENT_ID = "clients:stand-in"
