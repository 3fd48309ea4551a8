"""The Bucket client of this site, configured from the settings, and the pace of requests that all clients share."""

from django.conf import settings

from strava_live.bucket_client.calls import LONGEST_ANSWER
from strava_live.bucket_client.client import BucketClient
from strava_live.bucket_client.request_pace import RequestPace
from strava_live.http.transport import Timeouts

PACE = RequestPace()
"""The pace of all requests that this process sends to Bucket."""


def bucket(*, timeouts: Timeouts | None = None, longest_answer: int = LONGEST_ANSWER) -> BucketClient:
    """Return the client. `timeouts` replaces settings.BUCKET_TIMEOUTS. An answer has at most `longest_answer` bytes."""
    return BucketClient(
        oauth_url=settings.BUCKET_OAUTH_URL,
        userinfo_url=settings.BUCKET_USERINFO_URL,
        api_url=settings.BUCKET_API_URL,
        client_id=settings.BUCKET_CLIENT_ID,
        client_secret=settings.BUCKET_CLIENT_SECRET,
        pace=PACE,
        timeouts=timeouts or settings.BUCKET_TIMEOUTS,
        retry=settings.BUCKET_RETRY,
        longest_answer=longest_answer,
    )
