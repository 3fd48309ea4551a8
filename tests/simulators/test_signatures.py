"""Signatures of webhook events, checked as an application checks them."""

import hashlib
import hmac
import time

import pytest

from simulators.http import Request
from simulators.process import StandIn
from simulators.started import StandInError
from simulators.strava.signatures import Kind, signature_headers
from tests.simulators.callback import Callback, until

SECRET = "of the application"
TOLERATED_S = 300


def verdict(header: str | None, body: bytes, *, now: float) -> str:
    """Return what an application that knows SECRET makes of a signature."""
    if header is None:
        return "none"
    parts = dict(part.split("=", 1) for part in header.split(","))
    expected = hmac.new(SECRET.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256).hexdigest()
    if parts["v1"] != expected:
        return "wrong"
    return "right" if abs(now - int(parts["t"])) <= TOLERATED_S else "stale"


def verdict_on(request: Request) -> str:
    return verdict(request.headers.get("x-strava-signature"), request.body, now=time.time())


@pytest.mark.parametrize("kind", ["right", "wrong", "stale", "none"])
def test_signature_is_what_its_kind_says(kind: Kind) -> None:
    body = b'{"object_id": 1}'
    headers = signature_headers(body, kind=kind, secret=SECRET, now=1_795_000_000.7)
    assert verdict(headers.get("X-Strava-Signature"), body, now=1_795_000_000) == kind


def test_events_are_signed_as_set(subscribed: Callback, strava: StandIn, athlete_id: int) -> None:
    for number, kind in enumerate(("right", "wrong", "stale", "none")):
        strava.webhooks(secret=SECRET, signature=kind)
        strava.finish_parkrun(athlete_id)
        until(lambda number=number: len(subscribed.requests) > number)  # type: ignore[misc] # bound as a default
        assert verdict_on(subscribed.requests[-1]) == kind


def test_every_attempt_is_signed_again(subscribed: Callback, strava: StandIn, athlete_id: int) -> None:
    strava.webhooks(secret=SECRET)
    subscribed.answers = [500]
    strava.finish_parkrun(athlete_id)
    until(lambda: len(subscribed.requests) == 2)
    assert [verdict_on(request) for request in subscribed.requests] == ["right", "right"]


def test_secret_of_the_start_signs_until_it_is_changed_and_after_a_reset() -> None:
    with StandIn("--no-cast", "--webhook-secret", SECRET) as strava:
        assert strava.webhooks(signature="none")["signature"] == "none"
        strava.reset()
        assert {name: strava.webhooks()[name] for name in ("secret", "signature")} == {
            "secret": SECRET,
            "signature": "right",
        }


def test_signature_without_a_secret_is_refused(strava: StandIn) -> None:
    with pytest.raises(StandInError, match="needs a secret"):
        strava.webhooks(signature="right")
    assert strava.webhooks()["signature"] == "none"
