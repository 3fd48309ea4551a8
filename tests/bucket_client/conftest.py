"""Fixtures: a client for the stand-in for Bucket, and a person of its own for each test."""

from uuid import uuid4

import pytest

from simulators.bucket_process import BucketStandIn
from strava_live.bucket_client.client import BucketClient
from tests.bucket_client.clients import Tokens, client_at


@pytest.fixture
def client(bucket: BucketStandIn) -> BucketClient:
    return client_at(bucket.url)


@pytest.fixture
def username(bucket: BucketStandIn) -> str:
    return bucket.add_person(f"Person {uuid4().hex[:8]}")


@pytest.fixture
def tokens(bucket: BucketStandIn, client: BucketClient, username: str) -> Tokens:
    return Tokens(client, bucket.grant(username))
