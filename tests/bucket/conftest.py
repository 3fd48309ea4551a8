"""A person at Bucket for each test."""

import pytest

from simulators.bucket_process import BucketStandIn


@pytest.fixture
def username(bucket: BucketStandIn) -> str:
    """The username at Bucket of a person who is not connected."""
    return bucket.add_person(f"Ines {len(bucket.people())}")
