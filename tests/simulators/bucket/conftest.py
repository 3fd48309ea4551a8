"""One client, and a person with a token for each test."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from simulators.bucket_process import BucketStandIn
from tests.simulators.bucket.client import Api, Client


@pytest.fixture
def client(bucket: BucketStandIn) -> Iterator[Client]:
    client = Client(bucket)
    yield client
    client.http.close()


@pytest.fixture
def username(bucket: BucketStandIn) -> str:
    return bucket.add_person(f"Person {uuid4().hex[:8]}")


@pytest.fixture
def api(client: Client, username: str) -> Api:
    return Api(client, username, client.bucket.grant(username)["access_token"])
