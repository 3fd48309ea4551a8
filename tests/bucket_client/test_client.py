"""The check whether Bucket works."""

import pytest

from simulators.bucket_process import BucketStandIn
from strava_live.bucket_client.client import BucketClient
from strava_live.bucket_client.errors import BucketAnswerNotUnderstood, BucketDown
from tests.bucket_client.clients import client_at


async def test_health_is_asked_without_a_token(bucket: BucketStandIn, client: BucketClient) -> None:
    await client.check_health()
    bucket.fault("html", "health", calls=1, status=200)
    await client.check_health()  # a page once is a page too few
    bucket.fault("html", "health", status=200)
    with pytest.raises(BucketAnswerNotUnderstood):
        await client.check_health()


async def test_health_of_a_bucket_that_is_not_there() -> None:
    with pytest.raises(BucketDown):
        await client_at("http://127.0.0.1:9").check_health()
