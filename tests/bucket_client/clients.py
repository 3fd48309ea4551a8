"""Clients for the stand-in for Bucket, or for a server of a test, and their tokens."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from simulators.bucket_process import BucketStandIn
from strava_live.bucket_client.client import BucketClient
from strava_live.bucket_client.errors import BucketReconnectNeeded
from strava_live.bucket_client.request_pace import RequestPace
from strava_live.leaky_bucket import Rate
from tests.strava.client_settings import AT_ONCE, BRIEF

UNLIMITED = Rate(10**6, 1)


def client_at(url: str, **changes: Any) -> BucketClient:
    """Return a client for a server with the paths of Bucket, with short pauses."""
    values: dict[str, Any] = {
        "oauth_url": f"{url}/oauth2",
        "userinfo_url": f"{url}/userinfo",
        "api_url": f"{url}/bucket/api",
        "client_id": BucketStandIn.client_id,
        "pace": RequestPace(UNLIMITED),
        "timeouts": BRIEF,
        "retry": AT_ONCE,
    }
    return BucketClient(**values | changes)


class Tokens:
    """The tokens of one person. A refused one is replaced by a refresh, as the site does it."""

    def __init__(self, client: BucketClient, granted: dict[str, Any]) -> None:
        self.client = client
        self.access, self.refresh = granted["access_token"], granted.get("refresh_token", "")
        self.refreshes = 0

    async def token(self) -> str:
        return str(self.access)

    async def refused(self, _token: str, /) -> None:
        if not self.refresh:
            raise BucketReconnectNeeded("there is no refresh token")
        self.refreshes += 1
        fresh = await self.client.refresh(self.refresh)
        self.access, self.refresh = fresh.access, fresh.refresh


class FixedToken:
    """A token that is never replaced."""

    async def token(self) -> str:
        return "access.token"

    async def refused(self, _token: str, /) -> None:
        raise BucketReconnectNeeded("there is no other token")


@contextmanager
def calls_counted(bucket: BucketStandIn, endpoint: str) -> Iterator[list[int]]:
    """Give a list that has, after the block, the number of calls of an endpoint in the block."""
    before = bucket.stats()["calls"].get(endpoint, 0)
    counted: list[int] = []
    yield counted
    counted.append(bucket.stats()["calls"].get(endpoint, 0) - before)
