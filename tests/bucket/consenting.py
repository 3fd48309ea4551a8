"""Connect Bucket as a browser does, and read what the stand-in and the database have of it."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client

from simulators.bucket_process import EVERYTHING, BucketStandIn
from tests.web.reading import messages_in


def begin(client: Client) -> str:
    """Press the button, and return the address at Bucket to which the site redirects."""
    start = client.post("/bucket/connect/")
    assert start.status_code == 302, start.content
    return start.headers["Location"]


def follow(client: Client, address: str) -> HttpResponse:
    """Follow a redirect of Bucket back to the site."""
    back = urlsplit(address)
    return client.get(f"{back.path}?{back.query}")  # type: ignore[return-value]


def come_back(client: Client, bucket: BucketStandIn, username: str, **how: Any) -> HttpResponse:
    """Press the button, consent at Bucket, and follow the redirect back. `how` is for `BucketStandIn.consent`."""
    return follow(client, bucket.consent(begin(client), username, **how))


def answer_to_coming_back(client: Client, bucket: BucketStandIn, username: str, **how: Any) -> str:
    """Return the message after `come_back`."""
    answer = come_back(client, bucket, username, **how)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/bucket/")
    return messages_in(answer)


def without(*scopes: str) -> tuple[str, ...]:
    """Return the scopes that are left when a person unticks these."""
    return tuple(scope for scope in EVERYTHING if scope not in scopes)
